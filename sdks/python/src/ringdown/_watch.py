"""A watch that reconnects by itself, for the blocking client."""

import threading
from collections.abc import Callable
from typing import Any, Generic, Self

import grpc

from ringdown._errors import RingdownError
from ringdown._method import Req, Res
from ringdown._place import Place, is_progress
from ringdown._retry import Outage


class Watch(Generic[Req, Res]):
    """A stream of events, in order, without gaps or duplicates, across reconnections.

    It delivers the events after its creation. A snapshot is taken when the first response is requested. If
    the connection breaks during a snapshot or directly after it, all events since the snapshot began are
    delivered, including those that the snapshot already reflects.
    """

    def __init__(
        self,
        connect: Callable[[Req, float | None], Any],
        request: Req,
        progress: bool,
        timeout: float,
        reconnect_for: float,
    ) -> None:
        self._connect = connect
        self._progress = progress
        self._timeout = timeout
        self._place = Place[Req, Res](request)
        self._outage = Outage(timeout, reconnect_for)
        self._call: Any = None
        self._closed = threading.Event()
        if self._place.needs_token:
            self._find_now()

    @property
    def resume_token(self) -> str:
        """The token from which another watch, in this or another process, can resume."""
        return self._place.token

    def close(self) -> None:
        """Ends the watch. Can be called from any thread."""
        self._closed.set()
        if self._call is not None:
            self._call.cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Res:
        while not self._closed.is_set():
            try:
                response = self._next()
            except grpc.RpcError as failure:
                self._call = None
                if not self._closed.is_set():
                    self._closed.wait(self._outage.pause_after(RingdownError.of(failure)))
                continue
            if response is None and self._place.until_ended:
                break
            if response is None:
                self._call = None
                self._closed.wait(self._outage.pause_after(RingdownError.ended()))
                continue
            self._outage.over()
            if self._place.takes(response) and (self._progress or not is_progress(response)):
                return response
        self.close()
        raise StopIteration

    def _next(self) -> Res | None:
        """Returns the next response, or None at the end."""
        if self._call is None:
            self._call = self._connect(self._place.request, None)
            # A concurrent `close` found no call to cancel.
            if self._closed.is_set():
                self._call.cancel()
        return next(self._call, None)

    def _find_now(self) -> None:
        """Gets the token of the current position, so that later events are not missed."""
        while self._place.needs_token:
            call = self._connect(self._place.token_request(), self._timeout)
            try:
                response: Res | None = next(call, None)
                if response is None:
                    self._closed.wait(self._outage.pause_after(RingdownError.ended()))
                    continue
                self._place.takes(response)
                self._outage.over()
            except grpc.RpcError as failure:
                self._closed.wait(self._outage.pause_after(RingdownError.of(failure)))
            finally:
                call.cancel()
