"""The built server: starts, kills and restarts it."""

import os
import queue
import re
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import IO, Self

SDK = Path(__file__).resolve().parents[1]
BINARY = Path(os.environ.get("RINGDOWN_BIN") or SDK / "../../target/debug/ringdown").resolve()
PATIENCE = 30


class Server:
    """A server with a separate database. It keeps its port when it restarts."""

    def __init__(self, *arguments: str) -> None:
        self._home = tempfile.TemporaryDirectory(prefix="ringdown-python-")
        self._arguments = arguments
        self._listen = "127.0.0.1:0"
        self._process: subprocess.Popen[str] | None = None
        self.address = ""
        self.key = ""
        self.operator_key = ""

    def start(self) -> Self:
        home = Path(self._home.name)
        command = [
            str(BINARY),
            "serve",
            "--listen",
            self._listen,
            "--database",
            f"sqlite://{home}/ringdown.db",
        ]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("RINGDOWN_")}
        with (home / "log").open("a") as log:
            self._process = subprocess.Popen(
                [*command, *self._arguments],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**environment, "RINGDOWN_LOG": "warn"},
            )
        said = self._greeting(home)
        listens = re.search(r"https?://\S+?:\d+", said)
        assert listens, said
        self.address = listens[0]
        self._listen = self.address.split("//")[1]
        if key := re.search(r"rd_[A-Za-z0-9_-]+", said):
            self.key = key[0]
        if key := re.search(r"OPERATOR_KEY=(rd_[A-Za-z0-9_-]+)", said):
            self.operator_key = key[1]
        return self

    def _greeting(self, home: Path) -> str:
        assert self._process
        assert self._process.stdout
        lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=_drain, args=(self._process.stdout, lines), daemon=True).start()
        said = ""
        # The greeting ends with the command for grpcurl.
        while "grpcurl" not in said:
            try:
                said += lines.get(timeout=PATIENCE)
            except queue.Empty:
                raise AssertionError(f"no server: {said}{(home / 'log').read_text()}") from None
        return said

    def kill(self) -> None:
        """Kills the process, like a crash."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._home.cleanup()


def _drain(output: IO[str], lines: "queue.Queue[str]") -> None:
    for line in output:
        lines.put(line)
