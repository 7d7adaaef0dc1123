"""Calls every RPC with both clients, against the real server."""

import http.server
import threading
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.field_mask_pb2 import FieldMask
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from server import Server

from ringdown import RingdownError, _aio_transport, _transport, flow, tel, v1

FAR = tel("+15550000001")
NEAR = tel("+15551230000")

called: dict[str, set[str]] = {"blocking": set(), "asyncio": set()}


@pytest.fixture(autouse=True)
def _count(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records which RPCs are called."""
    kind = request.node.callspec.params["both"] if "both" in request.fixturenames else None
    if not kind:
        return
    transport = _transport.Transport if kind == "blocking" else _aio_transport.Transport
    for name in ("_unary", "_open"):
        original = getattr(transport, name)

        def noting(self: Any, method: Any, *args: Any, original: Callable[..., Any] = original) -> Any:
            called[kind].add(method.path)
            return original(self, method, *args)

        monkeypatch.setattr(transport, name, noting)


def wait_at(client: Any, activeflow_id: str, action: str) -> None:
    """Watches an activeflow until it reaches an action."""
    for told in client.watch_activeflows(ids=[activeflow_id], include_snapshot=True):
        if told.activeflow.current_action.WhichOneof("option") == action:
            return


def call_that_blocks(client: Any) -> Any:
    (call,) = client.create_calls(source=NEAR, destinations=[FAR], actions=flow.answer().block())
    wait_at(client, call.activeflow_id, "block")
    return call


def test_flows(both: Any) -> None:
    made = both.create_flow(name="first", actions=flow.talk("Hello."))
    assert made.revision == 1
    changed = both.update_flow(made.id, name="second", actions=flow.talk("Hello again."))
    assert changed.revision == 2
    assert both.get_flow(made.id) == changed
    assert [it.revision for it in both.list_flow_revisions(made.id)] == [2, 1]
    difference = both.diff_flow_revisions(made.id)
    assert len(difference.actions) > 0
    assert made.id in [it.id for it in both.list_flows()]
    assert both.validate_flow(actions=flow.talk("Fine.")).valid
    assert both.simulate_flow(actions=flow.talk("Welcome"), script=["answer", 'expect talk "Welcome"']).passed
    assert both.delete_flow(made.id).HasField("tm_delete")


def test_calls(both: Any) -> None:
    call = call_that_blocks(both)
    assert both.get_call(call.id).status == v1.CallStatus.CALL_STATUS_PROGRESSING
    assert call.id in [it.id for it in both.list_calls(status=v1.CallStatus.CALL_STATUS_PROGRESSING)]
    both.talk_call(call.id, text="One moment.")
    both.hold_call(call.id)
    both.unhold_call(call.id)
    assert both.mute_call(call.id).mute_direction == v1.MuteDirection.MUTE_DIRECTION_BOTH
    both.unmute_call(call.id)
    both.send_digits(call.id, digits="12#")
    both.hangup_call(call.id)
    *_, last = both.watch_calls(ids=[call.id], until_ended=True)
    assert last.call.status == v1.CallStatus.CALL_STATUS_HANGUP
    for trace in (both.get_call_trace, both.get_call_pcap):
        with pytest.raises(RingdownError) as missing:
            trace(call.id)
        assert missing.value.reason == "CALL_TRACE_NOT_FOUND"
    assert both.delete_call(call.id).HasField("tm_delete")


def test_recordings(both: Any) -> None:
    call = call_that_blocks(both)
    both.start_recording(call.id)
    events = both.watch_calls(ids=[call.id], include_snapshot=True)
    recording_id = next(told.call.recording_id for told in events if told.call.recording_id)
    both.stop_recording(call.id)
    finished = v1.CallEventType.CALL_EVENT_TYPE_RECORDING_FINISHED
    assert any(told.event.type == finished for told in events)
    assert both.get_recording(recording_id).size > 0
    assert recording_id in [it.id for it in both.list_recordings()]
    wav = b"".join(part.data for part in both.download_recording(recording_id))
    assert wav.startswith(b"RIFF")
    both.hangup_call(call.id)
    assert both.delete_recording(recording_id).HasField("tm_delete")


def test_activeflows(both: Any) -> None:
    run = both.create_activeflow(actions=flow.block().variable_set("done", value="yes").block())
    wait_at(both, run.id, "block")
    at_block = both.get_activeflow(run.id)
    assert at_block.status == v1.ActiveflowStatus.ACTIVEFLOW_STATUS_RUNNING
    both.set_variables(run.id, variables={"name": "Ada"})
    assert both.get_variables(run.id).variables["name"] == "Ada"
    both.push_actions(run.id, actions=flow.variable_set("pushed", value="yes"))
    first = at_block.current_action.id
    both.continue_activeflow(run.id, current_action_id=first)
    for told in both.watch_activeflows(ids=[run.id], include_snapshot=True):
        at = told.activeflow.current_action
        if at.WhichOneof("option") == "block" and at.id != first:
            break
    assert both.get_variables(run.id).variables["pushed"] == "yes"
    assert len(list(both.list_activeflow_events(run.id))) > 0
    assert run.id in [it.id for it in both.list_activeflows()]
    stopped = both.stop_activeflow(run.id)
    assert stopped.end_reason == v1.EndReason.END_REASON_STOPPED
    assert both.delete_activeflow(run.id).HasField("tm_delete")


def test_messages_and_numbers(both: Any) -> None:
    reply = both.create_flow(name="reply", actions=flow.variable_set("got", value="it"))
    number = both.create_number(number="+15550007777", message_flow_id=reply.id)
    assert both.get_number(number.id).number == "+15550007777"
    named = both.update_number(number.id, name="front desk", message_flow_id=reply.id)
    assert named.name == "front desk"
    assert number.id in [it.id for it in both.list_numbers()]
    received = both.receive_message(source=FAR, destination=tel("+15550007777"), text="Hi.")
    (sent,) = both.send_message(source=NEAR, destinations=[FAR], text="Hello.")
    assert both.get_message(sent.id).text == "Hello."
    assert {sent.id, received.id} <= {it.id for it in both.list_messages()}
    assert both.delete_message(sent.id).HasField("tm_delete")
    assert both.delete_number(number.id).HasField("tm_delete")


def test_access_keys(both: Any) -> None:
    made = both.create_access_key(name="for a test")
    assert made.key.startswith("rd_")
    assert both.get_access_key(made.id).key == ""
    assert both.update_access_key(made.id, name="renamed").name == "renamed"
    assert made.id in [it.id for it in both.list_access_keys()]
    assert both.delete_access_key(made.id).HasField("tm_delete")


def test_customers(both: Any, operator: Any) -> None:
    made = operator.create_customer(name="another")
    assert made.access_key.key.startswith("rd_")
    customer_id = made.customer.id
    assert customer_id in [it.id for it in operator.list_customers()]
    assert operator.update_customer_limits(customer_id, calls=7).limits.calls == 7
    assert operator.get_customer_use(customer_id).usage.calls == 0
    operator.suspend_customer(customer_id)
    operator.resume_customer(customer_id)
    operator.suspend_customer(customer_id)
    assert operator.delete_customer(customer_id).id == customer_id
    with pytest.raises(RingdownError) as refused:
        both.create_customer(name="mine")
    assert refused.value.reason == "ROLE_NOT_SUFFICIENT"


def test_providers_and_routes(both: Any, operator: Any) -> None:
    made = operator.create_provider(hostname="sip.carrier.example", name="carrier")
    assert made.sip.port == 5060
    assert operator.get_provider(made.id).name == "carrier"
    assert made.id in [it.id for it in operator.list_providers()]
    renamed = operator.update_provider(made.id, name="another", update_mask=FieldMask(paths=["name"]))
    assert (renamed.name, renamed.hostname) == ("another", "sip.carrier.example")
    route = operator.create_route(provider_id=made.id, target="+82", priority=1)
    assert operator.get_route(route.id).target == "+82"
    assert route.id in [it.id for it in operator.list_routes()]
    operator.update_route(route.id, priority=2, update_mask=FieldMask(paths=["priority"]))
    found = list(operator.list_dial_routes(destination="+821012345678"))
    assert [(it.route.priority, it.provider_name) for it in found] == [(2, "another")]
    assert operator.delete_route(route.id).id == route.id
    assert operator.delete_provider(made.id).id == made.id
    with pytest.raises(RingdownError) as refused:
        list(both.list_providers())
    assert refused.value.reason == "ROLE_NOT_SUFFICIENT"


def test_actions(both: Any) -> None:
    assert "talk" in [it.name for it in both.list_action_types()]


def test_simulator(both: Any) -> None:
    callee = both.set_callee(target="+15550008888", ring_ms=1, steps=["silence 1s"])
    assert callee.target == "+15550008888"
    menu = flow.answer().digits(length=2, duration=600_000).block()
    call = both.simulate_incoming_call(source=FAR, destination=NEAR, actions=menu)
    wait_at(both, call.activeflow_id, "digits_receive")
    both.simulate_digits(call.id, digits="42")
    wait_at(both, call.activeflow_id, "block")
    both.simulate_hangup(call.id)
    *_, last = both.watch_calls(ids=[call.id], until_ended=True)
    assert last.call.hangup_by == v1.HangupBy.HANGUP_BY_REMOTE


@pytest.fixture
def receiver() -> Iterator[tuple[str, threading.Event]]:
    """A web server that accepts webhooks."""
    taken = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(204)
            self.end_headers()
            taken.set()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{web.server_port}/", taken
        web.shutdown()


def test_webhooks(both: Any, receiver: tuple[str, threading.Event]) -> None:
    uri, taken = receiver
    customer = both.get_customer()
    both.update_customer(name=customer.name, webhook_uri=uri)
    run = both.create_activeflow(actions=flow.variable_set("key", value="value"))
    assert taken.wait(30)
    delivery = next(both.list_webhook_deliveries(activeflow_id=run.id))
    assert both.get_webhook_delivery(delivery.id).body
    assert both.redeliver_webhook(delivery.id).id == delivery.id
    both.update_customer(name=customer.name)


def services(server: Server) -> set[str]:
    """Returns the paths of all RPCs of the server, by reflection."""
    channel = grpc.insecure_channel(server.address.removeprefix("http://"))
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)

    def ask(**request: str) -> Any:
        return next(
            iter(stub.ServerReflectionInfo(iter([reflection_pb2.ServerReflectionRequest(**request)])))
        )

    names = [it.name for it in ask(list_services="").list_services_response.service]
    paths = set()
    for name in names:
        if name.startswith("ringdown.v1."):
            encoded = ask(file_containing_symbol=name).file_descriptor_response.file_descriptor_proto
            for file in map(FileDescriptorProto.FromString, encoded):
                for service in file.service:
                    if f"{file.package}.{service.name}" == name:
                        paths |= {f"/{name}/{method.name}" for method in service.method}
    channel.close()
    return paths


@pytest.mark.parametrize("kind", ["blocking", "asyncio"])
def test_every_rpc_was_called(kind: str, server: Server) -> None:
    assert called[kind] >= services(server)
