"""Client of Ringdown, the programmable-voice engine.

`Client` is the blocking client and `ringdown.aio.Client` the asyncio client. `flow` builds flows.
`ringdown.v1` contains the messages and enums of the API.
"""

from ringdown._address import email, extension, sip, tel
from ringdown._errors import FieldViolation, RingdownError
from ringdown._flow import FlowBuilder, flow
from ringdown._version import __version__
from ringdown._watch import Watch
from ringdown.v1._rpcs import Rpcs

__all__ = [
    "Client",
    "FieldViolation",
    "FlowBuilder",
    "RingdownError",
    "Watch",
    "__version__",
    "email",
    "extension",
    "flow",
    "sip",
    "tel",
]


class Client(Rpcs):
    """A blocking client with a method for each RPC: `with Client() as client: …`.

    Lists and watches are iterators. Threads can share a client.
    """
