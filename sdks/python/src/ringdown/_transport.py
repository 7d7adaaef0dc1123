"""The transport of the blocking client."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self, TypeVar

import grpc

from ringdown._errors import RingdownError
from ringdown._method import Method, Req, Res
from ringdown._retry import Tries, fill_key
from ringdown._settings import CHANNEL_OPTIONS, Settings
from ringdown._watch import Watch

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
        """Creates a client. It connects when it is first used.

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
        if self._settings.tls:
            credentials = self._settings.credentials
            self._channel = grpc.secure_channel(self._settings.target, credentials, CHANNEL_OPTIONS)
        else:
            self._channel = grpc.insecure_channel(self._settings.target, CHANNEL_OPTIONS)

    def close(self) -> None:
        """Closes the connection. RPCs and watches in progress fail with the code `CANCELLED`."""
        self._closed = True
        self._channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _unary(self, method: Method[Req, Res], request: Req, timeout: float | None) -> Res:
        fill_key(request)
        tries = Tries(method.safe, self._timeout if timeout is None else timeout)
        call: Callable[..., Res] = self._channel.unary_unary(
            method.path, method.request.SerializeToString, method.response.FromString
        )
        while True:
            if self._closed:
                raise RingdownError.closed()
            try:
                return call(request, timeout=tries.remaining(), metadata=self._settings.metadata)
            except grpc.RpcError as failure:
                time.sleep(tries.pause_after(RingdownError.of(failure)))

    def _open(self, method: Method[Req, Res], request: Req, timeout: float | None) -> Any:
        if self._closed:
            raise RingdownError.closed()
        call = self._channel.unary_stream(
            method.path, method.request.SerializeToString, method.response.FromString
        )
        return call(request, timeout=timeout, metadata=self._settings.metadata)

    def _stream(self, method: Method[Req, Res], request: Req, timeout: float | None) -> Iterator[Res]:
        try:
            yield from self._open(method, request, timeout)
        except grpc.RpcError as failure:
            raise RingdownError.of(failure) from failure

    def _pages(
        self,
        method: Method[Req, Res],
        request: Req,
        rows: Callable[[Res], Iterable[Row]],
        timeout: float | None,
    ) -> Iterator[Row]:
        while True:
            page = self._unary(method, request, timeout)
            yield from rows(page)
            token = getattr(page, "next_page_token", "")
            if not token:
                return
            setattr(request, "page_token", token)  # noqa: B010

    def _watch(self, method: Method[Req, Res], request: Req, progress: bool) -> Watch[Req, Res]:
        def connect(request: Req, timeout: float | None) -> Any:
            return self._open(method, request, timeout)

        return Watch(connect, request, progress, self._timeout, self._reconnect_for)
