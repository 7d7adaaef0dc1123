"""The base of the flow builder: actions, labels and jump targets."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Self, TypeAlias

from ringdown import v1

Target: TypeAlias = "str | Steps"
"""A jump target: a flow, the name of a label, or the id of an action."""

FINISH = "00000000-0000-0000-0000-000000000002"


def _is_id(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


class Steps:
    """An immutable list of actions; adding an action creates a new list.

    Iterating yields its actions, followed by those of the flows that it jumps to. Ids are created
    when an action is added, so that a flow yields the same actions every time.
    """

    def __init__(self) -> None:
        self._actions: tuple[v1.Action, ...] = ()
        # The fields that hold targets, by the id of their action.
        self._targets: dict[str, dict[str, Target | Mapping[str, Target]]] = {}
        self._labels: dict[str, str] = {}
        self._open_labels: tuple[str, ...] = ()

    def __repr__(self) -> str:
        actions = ", ".join(action.WhichOneof("option") or "" for action in self._actions)
        return f"<{type(self).__name__}: {actions or 'empty'}>"

    def _copy(self) -> Self:
        copy = type(self)()
        copy._actions = self._actions
        copy._targets = dict(self._targets)
        copy._labels = dict(self._labels)
        copy._open_labels = self._open_labels
        return copy

    def _add(
        self,
        member: str,
        given: Mapping[str, object],
        targets: Mapping[str, Target | Mapping[str, Target] | None],
    ) -> Self:
        action = v1.Action(id=str(uuid.uuid4()))
        option = getattr(action, member)
        option.SetInParent()
        told = {name: value for name, value in given.items() if value is not None}
        option.MergeFrom(type(option)(**told))
        copy = self._copy()
        copy._actions += (action,)
        named = {name: target for name, target in targets.items() if target is not None}
        if named:
            copy._targets[action.id] = named
        copy._labels.update(dict.fromkeys(self._open_labels, action.id))
        copy._open_labels = ()
        return copy

    def label(self, name: str) -> Self:
        """Labels the next action, so that others can jump to it."""
        if name in self._labels or name in self._open_labels:
            raise ValueError(f"label {name!r}: expected a name that is not taken in this flow")
        copy = self._copy()
        copy._open_labels += (name,)
        return copy

    def then(self, target: Target) -> Self:
        """Sets the target that follows the last action, instead of the next action in the list."""
        if not self._actions:
            raise ValueError("then: expected a flow with an action")
        copy = self._copy()
        last = self._actions[-1].id
        copy._targets[last] = {**self._targets.get(last, {}), "next_id": target}
        return copy

    def __iter__(self) -> Iterator[v1.Action]:
        return iter(self.actions())

    def __len__(self) -> int:
        return len(self.actions())

    def actions(self) -> list[v1.Action]:
        """Returns the actions with resolved targets. Raises ValueError if a target does not exist."""
        blocks: list[Steps] = []
        self._gather(blocks)
        labels: dict[str, str] = {}
        for block in blocks:
            for name, action_id in block._labels.items():
                if labels.setdefault(name, action_id) != action_id:
                    raise ValueError(f"label {name!r}: expected to stand at one action, not at two")
        written: dict[str, v1.Action] = {}
        for number, block in enumerate(blocks, start=1):
            for place, action in enumerate(block._actions, start=1):
                done = v1.Action()
                done.CopyFrom(action)
                for field, target in block._targets.get(action.id, {}).items():
                    _set_target(done, field, target, labels)
                # A flow does not fall through into the flow after it.
                if place == len(block._actions) and number < len(blocks) and not done.next_id:
                    done.next_id = FINISH
                if done.id in written:
                    raise ValueError("target: expected a flow that has no action in common with this one")
                written[done.id] = done
        return list(written.values())

    def _gather(self, blocks: list[Steps]) -> None:
        """Adds this flow and those that it jumps to, without duplicates."""
        if any(block is self for block in blocks):
            return
        blocks.append(self)
        for targets in self._targets.values():
            for target in targets.values():
                for one in target.values() if isinstance(target, Mapping) else (target,):
                    if isinstance(one, Steps):
                        one._gather(blocks)

    def _first_id(self) -> str:
        if not self._actions:
            raise ValueError("target: expected a flow with an action")
        return self._actions[0].id


def _find(target: Target, labels: Mapping[str, str]) -> str:
    if isinstance(target, Steps):
        return target._first_id()
    if target in labels:
        return labels[target]
    if _is_id(target):
        return target
    raise ValueError(f"target {target!r}: expected a flow, a label of this flow or the id of an action")


def _set_target(
    action: v1.Action, field: str, target: Target | Mapping[str, Target], labels: Mapping[str, str]
) -> None:
    if isinstance(target, Mapping):
        found = {value: _find(one, labels) for value, one in target.items()}
        getattr(getattr(action, action.WhichOneof("option") or ""), field).update(found)
    elif field == "next_id":
        action.next_id = _find(target, labels)
    else:
        setattr(getattr(action, action.WhichOneof("option") or ""), field, _find(target, labels))
