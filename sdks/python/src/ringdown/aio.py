"""The asyncio client: the same methods, to be awaited."""

from ringdown._aio_watch import Watch
from ringdown.v1._aio_rpcs import Rpcs

__all__ = ["Client", "Watch"]


class Client(Rpcs):
    """A server, as the coroutines that it answers: `async with Client() as client: …`.

    Lists and watches are asynchronous iterators, all else is awaited.
    """
