"""The description of an RPC."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message

Req = TypeVar("Req", bound=Message)
Res = TypeVar("Res", bound=Message)


def with_words(request: Req, fields: Mapping[str, object]) -> Req:
    """Adds fields whose names are Python keywords and cannot be passed as parameters."""
    message: Any = type(request)
    request.MergeFrom(message(**fields))
    return request


@dataclass(frozen=True)
class Method(Generic[Req, Res]):
    """An RPC: its path, its messages, and whether it is safe to retry."""

    path: str
    request: type[Req]
    response: type[Res]
    safe: bool
    """True if the RPC only reads, or its request carries an idempotency key."""
