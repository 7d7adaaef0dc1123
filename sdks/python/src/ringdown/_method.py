"""What the client knows of an RPC."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message

Req = TypeVar("Req", bound=Message)
Res = TypeVar("Res", bound=Message)


def with_words(request: Req, fields: Mapping[str, object]) -> Req:
    """Adds fields that are words of the language, and so no parameters of the request."""
    message: Any = type(request)
    request.MergeFrom(message(**fields))
    return request


@dataclass(frozen=True)
class Method(Generic[Req, Res]):
    """An RPC: its path, its messages, and whether a second try can do no harm."""

    path: str
    request: type[Req]
    response: type[Res]
    safe: bool
    """It only reads, or its request carries an idempotency key."""
