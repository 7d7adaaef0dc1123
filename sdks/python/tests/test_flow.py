"""Flows as they are built."""

import pytest

import ringdown
from ringdown import flow, tel, v1


def test_reads_as_it_runs(client: ringdown.Client) -> None:
    sales = flow.talk("You are with sales.").hangup()
    menu = (
        flow.label("menu")
        .talk("For sales, press 1.", digits_handle="next")
        .digits(length=1)
        .branch({"1": sales, "9": "menu"}, default="nobody")
        .label("nobody")
        .talk("Nobody is there.")
    )
    assert client.validate_flow(actions=menu).valid
    actions = menu.actions()
    kinds = [action.WhichOneof("option") for action in actions]
    assert kinds == ["talk", "digits_receive", "branch", "talk", "talk", "hangup"]
    branch = actions[2].branch
    assert dict(branch.target_ids) == {"1": actions[4].id, "9": actions[0].id}
    assert branch.default_target_id == actions[3].id
    assert actions == menu.actions()
    # Who is not with sales does not fall into sales.
    assert actions[3].next_id == "00000000-0000-0000-0000-000000000002"


def test_every_step_is_a_flow_of_its_own() -> None:
    hello = flow.talk("Hello.")
    assert [len(hello.hangup()), len(hello.beep()), len(hello), len(flow)] == [2, 2, 1, 0]


def test_every_action_of_the_contract() -> None:
    for member in v1.Action.DESCRIPTOR.oneofs_by_name["option"].fields:
        step = flow.branch({}) if member.name == "branch" else getattr(flow, member.name)()
        assert step.actions()[0].WhichOneof("option") == member.name


def test_options_with_a_word_of_the_language() -> None:
    (action,) = flow.talk("Hello.", async_=True)
    assert getattr(action.talk, "async") is True


def test_nested_actions() -> None:
    (action,) = flow.call(destinations=[tel("+15550000001")], actions=flow.talk("Hello.").hangup())
    assert len(action.call.actions) == 2


def test_then(client: ringdown.Client) -> None:
    loop = flow.label("again").talk("Hello.").goto("again", loop_count=2)
    end = flow.hangup()
    actions = loop.then(end).actions()
    assert actions[1].goto.target_id == actions[0].id
    assert actions[1].next_id == actions[2].id
    assert client.validate_flow(actions=loop.then(end)).valid


def test_problems(client: ringdown.Client) -> None:
    found = client.validate_flow(actions=flow.goto("00000000-0000-4000-8000-000000000009", loop_count=1))
    assert [problem.reason for problem in found.problems] == ["DANGLING_TARGET"]


def test_targets_that_are_not_there() -> None:
    hello = flow.talk("Hello.")
    with pytest.raises(ValueError, match="target 'nowhere': expected"):
        flow.goto("nowhere").actions()
    with pytest.raises(ValueError, match="expected a flow with an action"):
        flow.branch({"1": flow}).actions()
    with pytest.raises(ValueError, match="no action in common"):
        hello.branch({"1": hello.hangup()}).actions()
    with pytest.raises(ValueError, match="name that is not taken"):
        flow.label("a").beep().label("a")
