"""Where a watch is: what goes into the next request, and what was told already."""

import hashlib
from typing import Any, Generic

from google.protobuf.message import Message

from ringdown._method import Req, Res
from ringdown.v1 import WatchType

# No resource has this id.
NOBODY = "ffffffff-ffff-ffff-ffff-ffffffffffff"


class Place(Generic[Req, Res]):
    """Follows a watch from response to response."""

    def __init__(self, request: Req) -> None:
        # All watches have the same fields; their classes have no common base.
        self._request: Any = request
        self.request = request
        self._shown: set[bytes] | None = set()

    @property
    def token(self) -> str:
        """The token of the last response."""
        return str(self._request.resume_token)

    @property
    def needs_token(self) -> bool:
        """A watch from now on has no place to come back to until the first thing is told."""
        asked = self._request
        return not (asked.resume_token or asked.include_snapshot or asked.until_ended)

    @property
    def until_ended(self) -> bool:
        """Whether the server ends the watch."""
        return bool(self._request.until_ended)

    def token_request(self) -> Req:
        """A watch of nobody: its snapshot is empty, and the token behind that is where now is."""
        request: Any = type(self.request)()
        request.ids.append(NOBODY)
        request.include_snapshot = True
        return request  # type: ignore[no-any-return]

    def takes(self, response: Res) -> bool:
        """Notes a response. False: it was told before."""
        told: Any = response
        self._request.resume_token = told.resume_token
        # A snapshot is over with the first response that is not part of it.
        if told.type != WatchType.WATCH_TYPE_SNAPSHOT:
            self._shown = None
        if self._shown is None:
            return True
        # A snapshot that broke begins again; what has not changed since is not told again.
        digest = self._digest(told)
        if digest in self._shown:
            return False
        self._shown.add(digest)
        return True

    @staticmethod
    def _digest(told: Any) -> bytes:
        state = type(told)()
        state.CopyFrom(told)
        state.ClearField("resume_token")
        return hashlib.blake2b(state.SerializeToString(deterministic=True), digest_size=16).digest()


def is_progress(response: Message) -> bool:
    """Whether nothing but a token is told."""
    told: Any = response
    return bool(told.type == WatchType.WATCH_TYPE_PROGRESS)
