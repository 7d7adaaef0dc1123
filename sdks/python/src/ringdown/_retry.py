"""When to retry, and after which delay. The functions return the delay; they do not wait."""

import random
import time
import uuid

from google.protobuf.message import Message

from ringdown._errors import RingdownError

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 2.0
MOST_TRIES = 10


def pause(tries: int, error: RingdownError) -> float:
    """Returns the delay after a number of attempts, in seconds.

    It is the delay that the server requests, or else an exponential backoff with jitter.
    """
    if error.retry_delay is not None:
        return error.retry_delay
    most = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(tries - 1, 10))
    return random.uniform(most / 2, most)


def fill_key(request: Message) -> None:
    """Creates the idempotency key of a request that has none, so that all attempts share it."""
    if "idempotency_key" in request.DESCRIPTOR.fields_by_name:
        key = getattr(request, "idempotency_key", "") or str(uuid.uuid4())
        setattr(request, "idempotency_key", key)  # noqa: B010


class Tries:
    """The attempts of a unary RPC, within a deadline."""

    def __init__(self, safe: bool, timeout: float) -> None:
        self._most = MOST_TRIES if safe else 1
        self._made = 0
        self._deadline = time.monotonic() + timeout

    def remaining(self) -> float:
        """Returns the time that is left for the next attempt, in seconds."""
        return max(0.0, self._deadline - time.monotonic())

    def pause_after(self, error: RingdownError) -> float:
        """Returns the delay before the next attempt, in seconds. Raises the error if there is none."""
        self._made += 1
        if not error.is_away or self._made >= self._most:
            raise error
        seconds = pause(self._made, error)
        if seconds >= self.remaining():
            raise error
        return seconds


class Outage:
    """The time since a stream was lost, and how long to keep reconnecting."""

    def __init__(self, patience: float, reconnect_for: float) -> None:
        self._patience = patience
        self._reconnect_for = reconnect_for
        self._since: float | None = None
        self._tries = 0

    def over(self) -> None:
        """Records a response of the server. It is known to be available from now on."""
        self._since = None
        self._tries = 0
        self._patience = self._reconnect_for

    def pause_after(self, error: RingdownError) -> float:
        """Returns the delay before the next attempt, in seconds. Raises the error if a retry is pointless."""
        if not error.is_lost_connection:
            raise error
        self._since = self._since if self._since is not None else time.monotonic()
        self._tries += 1
        seconds = pause(self._tries, error)
        if time.monotonic() - self._since + seconds >= self._patience:
            raise error
        return seconds
