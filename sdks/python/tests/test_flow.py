"""The flow builder."""

import pytest
from server import Server

import ringdown
from ringdown import FlowBuilder, email, flow, tel, v1


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
    # The main flow does not fall through into sales.
    assert actions[3].next_id == "00000000-0000-0000-0000-000000000002"


def test_every_step_is_a_flow_of_its_own() -> None:
    hello = flow.talk("Hello.")
    assert [len(hello.hangup()), len(hello.beep()), len(hello), len(flow)] == [2, 2, 1, 0]
    assert [repr(hello.hangup()), repr(flow)] == ["<FlowBuilder: talk, hangup>", "<FlowBuilder: empty>"]


def test_every_action_of_the_contract() -> None:
    for member in v1.Action.DESCRIPTOR.oneofs_by_name["option"].fields:
        step = flow.branch({}) if member.name == "branch" else getattr(flow, member.name)()
        assert step.actions()[0].WhichOneof("option") == member.name


def every(saved_flow: str) -> dict[str, FlowBuilder]:
    """For each type of action that the server runs, a flow with only that action."""
    end = flow.stop()
    there = tel("+15550000001")
    some = "5a1e5000-0000-4000-8000-000000000001"
    return {
        "amd": flow.amd(machine_handle="hangup"),
        "answer": flow.answer(),
        "beep": flow.beep(),
        "block": flow.block(timeout_ms=1_000),
        "branch": flow.branch({"1": end}, default=end),
        "call": flow.call(there, actions=end),
        "condition_call_digits": flow.condition_call_digits(length=4, false_target_id=end),
        "condition_call_status": flow.condition_call_status("progressing", false_target_id=end),
        "condition_datetime": flow.condition_datetime(">=", hour=9, false_target_id=end),
        "condition_variable": flow.condition_variable(
            ">=", variable="${age}", value_type="number", value_number=18, false_target_id=end
        ),
        "confbridge_join": flow.confbridge_join(some),
        "conference_join": flow.conference_join(some),
        "connect": flow.connect(there, tel("+15550000002"), timeout_ms=20_000),
        "digits_receive": flow.digits_receive(4, key="#"),
        "digits_send": flow.digits_send("12#"),
        "echo": flow.echo(1_000),
        "email_send": flow.email_send(email("somebody@example.com"), subject="A call", content="Hello."),
        "fetch": flow.fetch("https://example.com/next"),
        "fetch_flow": flow.fetch_flow(saved_flow),
        "goto": flow.goto(end, loop_count=1),
        "hangup": flow.hangup(),
        "hold": flow.hold(),
        "message_send": flow.message_send(there, text="Hello."),
        "mute": flow.mute("in"),
        "play": flow.play("https://example.com/welcome.wav"),
        "recording_start": flow.recording_start(duration=60),
        "recording_stop": flow.recording_stop(),
        "sleep": flow.sleep(1_000),
        "stop": flow.stop(),
        "stream_echo": flow.stream_echo(1_000),
        "talk": flow.talk("Hello."),
        "unhold": flow.unhold(),
        "unmute": flow.unmute("in"),
        "variable_set": flow.variable_set("key", value="value"),
        "webhook_send": flow.webhook_send("https://example.com/hook"),
    }


def test_every_action_that_the_server_runs() -> None:
    # With a mail server, so that email_send is available.
    with (
        Server("--smtp-url", "smtp://127.0.0.1:9?tls=none", "--mail-from", "us@example.com") as server,
        ringdown.Client(server.address, server.key) as client,
    ):
        flows = every(client.create_flow(name="saved", actions=flow.stop()).id)
        assert set(flows) == {kind.name for kind in client.list_action_types() if kind.available}
        # A shared target is written only once.
        actions: dict[str, v1.Action] = {}
        for name, one in flows.items():
            assert one.actions()[0].WhichOneof("option") == name
            actions.update((action.id, action) for action in one)
        checked = client.validate_flow(actions=actions.values())
        assert checked.valid, checked.problems


def test_options_with_a_word_of_the_language() -> None:
    (action,) = flow.talk("Hello.", async_=True)
    assert getattr(action.talk, "async") is True


def test_nested_actions() -> None:
    (action,) = flow.call(tel("+15550000001"), actions=flow.talk("Hello.").hangup())
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
