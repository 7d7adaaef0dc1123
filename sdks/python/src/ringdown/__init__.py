"""Client of Ringdown, the programmable-voice engine.

`Client` blocks, `ringdown.aio.Client` is for asyncio; `flow` builds flows; `ringdown.v1` has the
messages and enums of the contract.
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
    """A server, as the methods that it answers: `with Client() as client: …`.

    Lists and watches are iterators. A client may be shared by threads.
    """
