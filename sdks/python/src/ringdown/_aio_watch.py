"""A watch that reconnects by itself, for the asyncio client."""

import asyncio
from collections.abc import Callable
from typing import Any, Generic, Self

import grpc

from ringdown._errors import RingdownError
from ringdown._method import Req, Res
from ringdown._place import Place, is_progress
from ringdown._retry import Outage


def is_cancelled() -> bool:
    """Whether the task itself was cancelled, and not only a call that it awaits."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _read(call: Any) -> Any:
    """Returns the next response, or None at the end."""
    try:
        response = await call.read()
    except asyncio.CancelledError:
        # Both a cancelled call and a cancelled task raise this.
        if is_cancelled():
            raise
        raise RingdownError.closed() from None
    return None if response is grpc.aio.EOF else response


class Watch(Generic[Req, Res]):
    """A stream of events, in order, without gaps or duplicates, across reconnections.

    It begins at `async with`, or else with the first response that is requested.
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
        self._closed = False

    @property
    def resume_token(self) -> str:
        """The token from which another watch, in this or another process, can resume."""
        return self._place.token

    def close(self) -> None:
        """Ends the watch."""
        self._closed = True
        if self._call is not None:
            self._call.cancel()

    async def __aenter__(self) -> Self:
        await self._find_now()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Res:
        await self._find_now()
        while not self._closed:
            try:
                response = await self._next()
            except grpc.RpcError as failure:
                self._call = None
                if not self._closed:
                    await asyncio.sleep(self._outage.pause_after(RingdownError.of(failure)))
                continue
            except asyncio.CancelledError:
                # The next request continues after the last token.
                self._call = None
                raise
            except RingdownError:
                # The call was cancelled by `close`, or together with its client.
                self._call = None
                if self._closed:
                    break
                raise
            if response is None and self._place.until_ended:
                break
            if response is None:
                self._call = None
                await asyncio.sleep(self._outage.pause_after(RingdownError.ended()))
                continue
            self._outage.over()
            if self._place.takes(response) and (self._progress or not is_progress(response)):
                return response
        self.close()
        raise StopAsyncIteration

    async def _next(self) -> Res | None:
        """Returns the next response, or None at the end."""
        if self._call is None:
            self._call = self._connect(self._place.request, None)
        response: Res | None = await _read(self._call)
        return response

    async def _find_now(self) -> None:
        """Gets the token of the current position, so that later events are not missed."""
        while self._place.needs_token and not self._closed:
            call = self._connect(self._place.token_request(), self._timeout)
            try:
                response: Res | None = await _read(call)
                if response is None:
                    await asyncio.sleep(self._outage.pause_after(RingdownError.ended()))
                    continue
                self._place.takes(response)
                self._outage.over()
            except grpc.RpcError as failure:
                await asyncio.sleep(self._outage.pause_after(RingdownError.of(failure)))
            finally:
                call.cancel()
