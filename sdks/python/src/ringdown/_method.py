"""What the client knows of an RPC."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from google.protobuf.message import Message

Req = TypeVar("Req", bound=Message)
Res = TypeVar("Res", bound=Message)


@dataclass(frozen=True)
class Method(Generic[Req, Res]):
    """An RPC: its path, its messages, and whether a second try can do no harm."""

    path: str
    request: type[Req]
    response: type[Res]
    safe: bool
    """It only reads, or its request carries an idempotency key."""
