"""The flow builder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from ringdown._steps import Target
from ringdown.v1._actions import Actions


class FlowBuilder(Actions):
    """An immutable builder of flows: `flow.talk("Press 1.").digits(length=1).branch({"1": sales})`.

    Every method returns a new flow and does not change the old one. A flow can be passed wherever
    actions are expected: `client.create_flow(actions=menu)`, `client.validate_flow(actions=menu)`.
    """

    def digits(
        self, *, length: int | None = None, duration: int | None = None, key: str | None = None
    ) -> Self:
        """Collects digits: `digits_receive`.

        Args:
            length: The number of digits to collect. 0 means no limit. Default: 1.
            duration: How long to wait, in milliseconds. Default: 5,000.
            key: Keys that end the collection and are kept in the result. None: no key ends it.
        """
        return self.digits_receive(length, duration=duration, key=key)

    def branch(  # type: ignore[override]
        self,
        targets: Mapping[str, Target],
        *,
        default: Target | None = None,
        variable: str | None = None,
    ) -> Self:
        """Jumps to an action that depends on the value of a variable, then clears that variable.

        Args:
            targets: The targets by value: a flow, the name of a label or the id of an action.
            default: The target if no value matches. None: the next action.
            variable: Name of the variable. None: the digits that were collected last.
        """
        return super().branch(variable, target_ids=targets, default_target_id=default)


flow = FlowBuilder()
"""The empty flow, with which every flow begins."""
