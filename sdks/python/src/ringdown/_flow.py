"""Flows that read as they run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from ringdown._steps import Target
from ringdown.v1._actions import Actions


class FlowBuilder(Actions):
    """A flow in the making: `flow.talk("Press 1.").digits(length=1).branch({"1": sales})`.

    Every method gives a new flow and leaves the old one as it is. It stands wherever actions are
    expected: `client.create_flow(actions=menu)`, `client.validate_flow(actions=menu)`.
    """

    def digits(
        self, *, length: int | None = None, duration: int | None = None, key: str | None = None
    ) -> Self:
        """Collects digits: `digits_receive`.

        Args:
            length: How many digits to collect; 0: no limit. Default: 1.
            duration: How long to wait, in milliseconds. Default: 5,000.
            key: Keys that end it, and are kept in the result. None: no key does.
        """
        return self.digits_receive(length, duration=duration, key=key)

    def branch(  # type: ignore[override]
        self,
        targets: Mapping[str, Target],
        *,
        default: Target | None = None,
        variable: str | None = None,
    ) -> Self:
        """Jumps by the value of a variable, then clears that variable.

        Args:
            targets: Where to jump, by value: a flow, the name of a label or the id of an action.
            default: Where to jump when no value matches. None: to the next action.
            variable: Name of the variable. None: the digits that were collected last.
        """
        return super().branch(variable, target_ids=targets, default_target_id=default)


flow = FlowBuilder()
"""The empty flow that every flow begins with."""
