"""The position of a watch: the next request, and the responses that were already delivered."""

import hashlib
from typing import Any, Generic

from google.protobuf.message import Message

from ringdown._method import Req, Res
from ringdown.v1 import WatchType

# No resource has this id.
NOBODY = "ffffffff-ffff-ffff-ffff-ffffffffffff"


class Place(Generic[Req, Res]):
    """Tracks the position of a watch."""

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
        """Whether the watch begins now, so that it cannot resume before its first response."""
        asked = self._request
        return not (asked.resume_token or asked.include_snapshot or asked.until_ended)

    @property
    def until_ended(self) -> bool:
        """Whether the server ends the watch."""
        return bool(self._request.until_ended)

    def token_request(self) -> Req:
        """A watch that matches nothing; the token after its empty snapshot is the current position."""
        request: Any = type(self.request)()
        request.ids.append(NOBODY)
        request.include_snapshot = True
        return request  # type: ignore[no-any-return]

    def takes(self, response: Res) -> bool:
        """Records a response. Returns False if it was delivered before."""
        told: Any = response
        self._request.resume_token = told.resume_token
        # The first response that is not part of a snapshot ends it.
        if told.type != WatchType.WATCH_TYPE_SNAPSHOT:
            self._shown = None
        if self._shown is None:
            return True
        # An interrupted snapshot is sent again; resources that have not changed are not delivered again.
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
    """Whether a response contains only a token."""
    told: Any = response
    return bool(told.type == WatchType.WATCH_TYPE_PROGRESS)
