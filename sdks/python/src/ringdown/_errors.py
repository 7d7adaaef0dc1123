"""The error type of the SDK."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2

# The codes of the transport when a connection is lost. Errors from the server itself carry a reason.
LOST = {grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL, grpc.StatusCode.CANCELLED}


@dataclass(frozen=True)
class FieldViolation:
    """An invalid field of the request, with a description of the problem."""

    field: str
    description: str


class RingdownError(Exception):
    """An error from the server, or a failure to reach it.

    Attributes:
        code: The gRPC status code.
        reason: A stable identifier to branch on, such as `CALL_NOT_FOUND`. Empty if the connection
            failed and the error does not come from the server.
        message: A description, in a sentence.
        field_violations: The invalid fields of the request.
        request_id: Id of the request in the server's log. Empty if the request did not arrive.
        retry_delay: The delay before a retry that the server requests, in seconds.
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
        # The message already contains the problem if there is only one.
        said += "".join(f"; {it}" for it in wrong if it not in self.message)
        return said + (f" (request {self.request_id})" if self.request_id else "")

    @property
    def is_away(self) -> bool:
        """Whether the server was unavailable, so that a retry may succeed."""
        # gRPC reports the same code for an untrusted certificate, which a retry cannot fix.
        return self.code == grpc.StatusCode.UNAVAILABLE and "CERTIFICATE_VERIFY_FAILED" not in self.message

    @property
    def is_lost_connection(self) -> bool:
        """Whether the server was unavailable or the connection broke."""
        return self.is_away or (not self.reason and self.code in LOST)

    @classmethod
    def closed(cls) -> "RingdownError":
        """Returns the error of a closed client."""
        return cls(grpc.StatusCode.CANCELLED, "the client is closed")

    @classmethod
    def ended(cls) -> "RingdownError":
        """Returns the error of a watch that the server ended without a reason."""
        return cls(grpc.StatusCode.UNAVAILABLE, "the server closed the watch")

    @classmethod
    def of(cls, failure: grpc.RpcError) -> "RingdownError":
        """Creates an error from the details of a failed RPC."""
        # The blocking and the asyncio failure both have these attributes, but RpcError itself does not.
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
            # The code and the message are all that is known.
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
