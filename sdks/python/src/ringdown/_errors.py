"""The one type of error."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2

# What the transport says when a connection is lost in the middle; the server's own refusals carry a reason.
LOST = {grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL, grpc.StatusCode.CANCELLED}


@dataclass(frozen=True)
class FieldViolation:
    """A field of the request that is wrong, and what was expected."""

    field: str
    description: str


class RingdownError(Exception):
    """What the server refused, or why it could not be asked.

    Attributes:
        code: The gRPC status code.
        reason: What it is, in a word to branch on, as `CALL_NOT_FOUND`. Empty: it is the
            connection that failed, not the server that refused.
        message: What it is, in a sentence.
        field_violations: The fields that are wrong.
        request_id: Names the request in the server's log. Empty: it did not get there.
        retry_delay: How many seconds the server asks to wait before another try.
    """

    def __init__(
        self,
        code: grpc.StatusCode,
        message: str,
        *,
        reason: str = "",
        field_violations: Iterable[FieldViolation] = (),
        request_id: str = "",
        retry_delay: float | None = None,
    ) -> None:
        self.code = code
        self.message = message
        self.reason = reason
        self.field_violations = list(field_violations)
        self.request_id = request_id
        self.retry_delay = retry_delay
        super().__init__(message)

    def __repr__(self) -> str:
        return f"RingdownError({str(self)!r})"

    def __str__(self) -> str:
        said = f"{self.code.name}{f' {self.reason}' if self.reason else ''}: {self.message}"
        wrong = (f"{it.field}: {it.description}" for it in self.field_violations)
        # A message tells of what is wrong in one field by itself.
        said += "".join(f"; {it}" for it in wrong if it not in self.message)
        return said + (f" (request {self.request_id})" if self.request_id else "")

    @property
    def is_away(self) -> bool:
        """Whether the server was not there, so that another try may find it."""
        # gRPC says the same of a server whose certificate is not trusted, which no try mends.
        return self.code == grpc.StatusCode.UNAVAILABLE and "CERTIFICATE_VERIFY_FAILED" not in self.message

    @property
    def is_lost_connection(self) -> bool:
        """Whether the server was not there, or the connection to it broke."""
        return self.is_away or (not self.reason and self.code in LOST)

    @classmethod
    def closed(cls) -> "RingdownError":
        """What is said of a client that was closed."""
        return cls(grpc.StatusCode.CANCELLED, "the client is closed")

    @classmethod
    def ended(cls) -> "RingdownError":
        """What is said of a watch that the server has ended for no reason."""
        return cls(grpc.StatusCode.UNAVAILABLE, "the server closed the watch")

    @classmethod
    def of(cls, failure: grpc.RpcError) -> "RingdownError":
        """Reads the details that came with a failed RPC."""
        # Of the two kinds of failure, blocking and asyncio, both have these; RpcError itself does not.
        rpc: Any = failure
        error = cls(rpc.code(), rpc.details() or "")
        for name, value in rpc.trailing_metadata() or ():
            if name == "grpc-status-details-bin":
                error._read(value)
            elif name == "x-request-id" and not error.request_id:
                error.request_id = value
        return error

    def _read(self, encoded: bytes) -> None:
        try:
            status = status_pb2.Status.FromString(encoded)
        except DecodeError:
            # Code and message say what there is to say.
            return
        info = error_details_pb2.ErrorInfo()
        request = error_details_pb2.BadRequest()
        named = error_details_pb2.RequestInfo()
        retry = error_details_pb2.RetryInfo()
        for detail in status.details:
            if detail.Unpack(info):
                self.reason = info.reason
            elif detail.Unpack(request):
                found = (FieldViolation(it.field, it.description) for it in request.field_violations)
                self.field_violations.extend(found)
            elif detail.Unpack(named):
                self.request_id = named.request_id
            elif detail.Unpack(retry):
                self.retry_delay = retry.retry_delay.ToTimedelta().total_seconds()
