"""The transport of the asyncio client."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any, Self, TypeVar

import grpc

from ringdown._aio_watch import Watch, is_cancelled
from ringdown._errors import RingdownError
from ringdown._method import Method, Req, Res
from ringdown._retry import Tries, fill_key
from ringdown._settings import CHANNEL_OPTIONS, Settings

Row = TypeVar("Row")


class Transport:
    """A connection to a server, with deadlines and retries."""

    def __init__(
        self,
        address: str | None = None,
        key: str | None = None,
        *,
        timeout: float = 10.0,
        reconnect_for: float = 300.0,
        root_certificates: bytes | None = None,
    ) -> None:
        """Creates a client, in a running event loop. It connects when it is first used.

        Args:
            address: `http://host:port` or, with TLS, `https://host:port`. Defaults to
                RINGDOWN_ADDRESS, or else to `http://127.0.0.1:8080`.
            key: An access key or a JWT. Defaults to RINGDOWN_KEY.
            timeout: The default deadline of an RPC including its retries, in seconds.
            reconnect_for: How long a watch tries to reconnect to an unavailable server, in seconds.
            root_certificates: The PEM certificates that TLS trusts. Defaults to those of the system.
        """
        self._settings = Settings.of(address, key, root_certificates)
        self._closed = False
        self._timeout = timeout
        self._reconnect_for = reconnect_for
        target = self._settings.target
        if self._settings.tls:
            credentials = self._settings.credentials
            self._channel = grpc.aio.secure_channel(target, credentials, CHANNEL_OPTIONS)
        else:
            self._channel = grpc.aio.insecure_channel(target, CHANNEL_OPTIONS)

    async def close(self) -> None:
        """Closes the connection. RPCs and watches in progress fail with the code `CANCELLED`."""
        self._closed = True
        await self._channel.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _unary(self, method: Method[Req, Res], request: Req, timeout: float | None) -> Res:
        fill_key(request)
        tries = Tries(method.safe, self._timeout if timeout is None else timeout)
        call: Callable[..., Any] = self._channel.unary_unary(
            method.path, method.request.SerializeToString, method.response.FromString
        )
        while True:
            if self._closed:
                raise RingdownError.closed()
            try:
                response: Res = await call(
                    request, timeout=tries.remaining(), metadata=self._settings.metadata
                )
                return response
            except asyncio.CancelledError:
                # Both a closed connection and a cancelled task raise this.
                if self._closed and not is_cancelled():
                    raise RingdownError.closed() from None
                raise
            except grpc.RpcError as failure:
                await asyncio.sleep(tries.pause_after(RingdownError.of(failure)))

    def _open(self, method: Method[Req, Res], request: Req, timeout: float | None) -> Any:
        if self._closed:
            raise RingdownError.closed()
        call: Callable[..., Any] = self._channel.unary_stream(
            method.path, method.request.SerializeToString, method.response.FromString
        )
        return call(request, timeout=timeout, metadata=self._settings.metadata)

    async def _stream(
        self, method: Method[Req, Res], request: Req, timeout: float | None
    ) -> AsyncIterator[Res]:
        try:
            async for response in self._open(method, request, timeout):
                yield response
        except asyncio.CancelledError:
            if self._closed and not is_cancelled():
                raise RingdownError.closed() from None
            raise
        except grpc.RpcError as failure:
            raise RingdownError.of(failure) from failure

    async def _pages(
        self,
        method: Method[Req, Res],
        request: Req,
        rows: Callable[[Res], Iterable[Row]],
        timeout: float | None,
    ) -> AsyncIterator[Row]:
        while True:
            page = await self._unary(method, request, timeout)
            for row in rows(page):
                yield row
            token = getattr(page, "next_page_token", "")
            if not token:
                return
            setattr(request, "page_token", token)  # noqa: B010

    def _watch(self, method: Method[Req, Res], request: Req, progress: bool) -> Watch[Req, Res]:
        def connect(request: Req, timeout: float | None) -> Any:
            return self._open(method, request, timeout)

        return Watch(connect, request, progress, self._timeout, self._reconnect_for)
