"""The asyncio client, with the same methods as the blocking one."""

from ringdown._aio_watch import Watch
from ringdown.v1._aio_rpcs import Rpcs

__all__ = ["Client", "Watch"]


class Client(Rpcs):
    """An asyncio client with a method for each RPC: `async with Client() as client: …`.

    Lists and watches are asynchronous iterators; all other methods are coroutines.
    """
