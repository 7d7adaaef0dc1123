"""A TCP proxy that cuts connections on demand."""

import socket
import threading
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit


class Proxy:
    """Forwards bytes and counts the accepted connections."""

    def __init__(self, address: str) -> None:
        url = urlsplit(address)
        self._target = (url.hostname, url.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.taken = 0
        self._open: list[socket.socket] = []
        self._answers_to_cut = 0
        self._lock = threading.Lock()

    def cut_answers(self, count: int) -> None:
        """Cuts the next `count` connections at the moment when the server responds."""
        with self._lock:
            self._answers_to_cut = count

    def cut(self) -> None:
        """Cuts all open connections."""
        with self._lock:
            open_now, self._open = self._open, []
        for connection in open_now:
            # It may already be closed.
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        # Accepting fails when the listener is closed.
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
                with self._lock:
                    self.taken += 1
                    self._open += [client, server]
                threading.Thread(target=self._pass, args=(client, server, False), daemon=True).start()
                threading.Thread(target=self._pass, args=(server, client, True), daemon=True).start()

    def _is_to_be_cut(self, frames: bytes) -> bool:
        with self._lock:
            # The byte after the length of a frame is its type: 1 is the HEADERS of a response.
            if self._answers_to_cut == 0 or len(frames) < 4 or 1 not in types(frames):
                return False
            self._answers_to_cut -= 1
            return True

    def _pass(self, source: socket.socket, target: socket.socket, is_answer: bool) -> None:
        with suppress(OSError):
            while frames := source.recv(65_536):
                if is_answer and self._is_to_be_cut(frames):
                    break
                target.sendall(frames)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self.cut()


def types(frames: bytes) -> set[int]:
    """Returns the types of the HTTP/2 frames in these bytes, which begin with a frame."""
    found = set()
    while len(frames) > 3:
        found.add(frames[3])
        frames = frames[9 + int.from_bytes(frames[:3]) :]
    return found
