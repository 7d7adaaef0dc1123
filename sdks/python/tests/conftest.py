import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from server import Server

import ringdown
import ringdown.aio


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with Server("--sim-speed", "1000", "--outbound-allow", "127.0.0.1:*") as server:
        yield server


@pytest.fixture
def client(server: Server) -> Iterator[ringdown.Client]:
    with ringdown.Client(server.address, server.key) as client:
        yield client


class Blocking:
    """The asyncio client behind the interface of the blocking one, so that both run the same tests."""

    def __init__(self, address: str, key: str) -> None:
        self._loop = asyncio.new_event_loop()

        async def connect() -> ringdown.aio.Client:
            return ringdown.aio.Client(address, key)

        self._client = self._loop.run_until_complete(connect())

    def close(self) -> None:
        self._loop.run_until_complete(self._client.close())
        self._loop.close()

    def _iterate(self, things: AsyncIterator[Any]) -> Iterator[Any]:
        while True:
            try:
                yield self._loop.run_until_complete(anext(things))
            except StopAsyncIteration:
                return

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            given = method(*args, **kwargs)
            if hasattr(given, "__aiter__"):
                return self._iterate(given)
            return self._loop.run_until_complete(given)

        return call


@pytest.fixture(params=["blocking", "asyncio"])
def both(request: pytest.FixtureRequest, server: Server) -> Iterator[Any]:
    """Each of the two clients, with the same methods."""
    client = (ringdown.Client if request.param == "blocking" else Blocking)(server.address, server.key)
    yield client
    client.close()


@pytest.fixture
def operator(request: pytest.FixtureRequest, both: Any, server: Server) -> Iterator[Any]:
    """The same client as `both`, of an operator."""
    kind = ringdown.Client if isinstance(both, ringdown.Client) else Blocking
    client = kind(server.address, server.operator_key)
    yield client
    client.close()
