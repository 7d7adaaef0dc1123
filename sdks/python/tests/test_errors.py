"""Failures and how they are reported."""

import asyncio
import socket
import uuid
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
import pytest
import trustme
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2, status_pb2
from proxy import Proxy
from server import Server

import ringdown
import ringdown.aio
from ringdown import RingdownError, flow, v1


def test_refusal(both: Any) -> None:
    with pytest.raises(RingdownError) as caught:
        both.create_flow(name="wrong", actions=flow.talk("").talk(""))
    error = caught.value
    assert error.code == grpc.StatusCode.INVALID_ARGUMENT
    assert error.reason == "INVALID_ACTION_OPTION"
    fields = ["actions[0].option.text", "actions[1].option.text"]
    assert [it.field for it in error.field_violations] == fields
    assert [str(error).count(field) for field in fields] == [1, 1]
    assert error.request_id
    assert error.request_id in str(error)


def test_not_found(both: Any) -> None:
    with pytest.raises(RingdownError) as caught:
        both.get_call(str(uuid.uuid4()))
    assert (caught.value.code, caught.value.reason) == (grpc.StatusCode.NOT_FOUND, "CALL_NOT_FOUND")


def test_refusal_of_a_stream(both: Any) -> None:
    with pytest.raises(RingdownError, match="RECORDING_NOT_FOUND"):
        list(both.download_recording(str(uuid.uuid4())))
    with pytest.raises(RingdownError, match="INVALID_RESUME_TOKEN"):
        next(iter(both.watch_calls(resume_token="garbled")))


def test_wrong_key(server: Server) -> None:
    with ringdown.Client(server.address, "rd_nobody") as client, pytest.raises(RingdownError) as caught:
        next(client.list_flows())
    assert caught.value.code == grpc.StatusCode.UNAUTHENTICATED
    assert caught.value.reason == "INVALID_CREDENTIALS"


@pytest.mark.parametrize("address", ["127.0.0.1:8080", "ftp://127.0.0.1", "http://", "http://127.0.0.1/v1.0"])
def test_wrong_address(address: str) -> None:
    with pytest.raises(ValueError, match="address: expected http://host:port"):
        ringdown.Client(address, "rd_key")


def test_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RINGDOWN_KEY", raising=False)
    with pytest.raises(ValueError, match="key: expected"):
        ringdown.Client("http://127.0.0.1:8080")


def test_environment(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGDOWN_ADDRESS", server.address)
    monkeypatch.setenv("RINGDOWN_KEY", server.key)
    with ringdown.Client() as client:
        assert client.get_customer().id


@pytest.fixture
def silence() -> Iterator[str]:
    """The address of a server that accepts connections and never responds."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_deadline(silence: str) -> None:
    with ringdown.Client(silence, "rd_key", timeout=0.2) as client:
        with pytest.raises(RingdownError) as caught:
            client.get_customer()
        assert caught.value.code == grpc.StatusCode.DEADLINE_EXCEEDED
        with pytest.raises(RingdownError, match="DEADLINE_EXCEEDED"):
            next(client.list_flows(timeout=0.1))


def test_asyncio_deadline(silence: str) -> None:
    async def ask() -> None:
        async with ringdown.aio.Client(silence, "rd_key", timeout=0.2) as client:
            await client.get_customer()

    with pytest.raises(RingdownError, match="DEADLINE_EXCEEDED"):
        asyncio.run(ask())


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    # On a busy machine, the deadline may expire first.
    with ringdown.Client(address, "rd_key", timeout=0.3) as client:
        with pytest.raises(RingdownError, match=r"UNAVAILABLE|DEADLINE_EXCEEDED"):
            client.get_customer()
        with pytest.raises(RingdownError, match=r"UNAVAILABLE|DEADLINE_EXCEEDED"):
            next(client.watch_calls(include_snapshot=True))


def test_tls(tmp_path: Path) -> None:
    """`https` uses TLS with the trusted certificates."""
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    certificate.cert_chain_pems[0].write_to_path(str(tmp_path / "cert"))
    certificate.private_key_pem.write_to_path(str(tmp_path / "key"))
    trusted = authority.cert_pem.bytes()
    with Server("--tls-cert", str(tmp_path / "cert"), "--tls-key", str(tmp_path / "key")) as server:
        assert server.address.startswith("https://")
        with ringdown.Client(server.address, server.key, root_certificates=trusted) as client:
            assert client.get_customer().id
            run = client.create_activeflow(actions=flow.block())
            with client.watch_activeflows(ids=[run.id], until_ended=True) as watch:
                assert next(watch).activeflow.id == run.id
        # With the system certificates, and with a wrong one. Both fail immediately: a retry cannot help.
        for others in (None, trustme.CA().cert_pem.bytes()):
            with ringdown.Client(server.address, server.key, root_certificates=others) as client:
                for ask in (client.get_customer, client.watch_calls):
                    with pytest.raises(RingdownError, match="CERTIFICATE_VERIFY_FAILED") as caught:
                        ask()
                    assert caught.value.code == grpc.StatusCode.UNAVAILABLE
                    assert not caught.value.is_away


class Flaky(grpc.GenericRpcHandler):
    """Is unavailable a number of times with a retry delay, then responds. Records its requests."""

    def __init__(self) -> None:
        self.failures = 2
        self.asked: list[Any] = []

    def service(self, details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[Any, Any]":
        name = details.method.rsplit("/", 1)[-1]

        def answer(request: Any, context: grpc.ServicerContext) -> Any:
            self.asked.append(request)
            if len(self.asked) <= self.failures:
                wait = AnyMessage()
                wait.Pack(error_details_pb2.RetryInfo(retry_delay=Duration(nanos=1_000_000)))
                status = status_pb2.Status(code=14, message="a moment", details=[wait])
                context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
                context.abort(grpc.StatusCode.UNAVAILABLE, "a moment")
            return getattr(v1, f"{name}Response")()

        request = getattr(v1, f"{name}Request")
        return grpc.unary_unary_rpc_method_handler(
            answer, request.FromString, lambda it: it.SerializeToString()
        )


@pytest.fixture
def flaky() -> Iterator[tuple[Flaky, str]]:
    handler = Flaky()
    server = grpc.server(futures.ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers((handler,))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield handler, f"http://127.0.0.1:{port}"
    server.stop(None).wait()


def test_reads_are_tried_again(flaky: tuple[Flaky, str]) -> None:
    handler, address = flaky
    with ringdown.Client(address, "rd_key") as client:
        client.get_flow("some")
    assert len(handler.asked) == 3


def test_creates_are_tried_again_under_one_key(flaky: tuple[Flaky, str]) -> None:
    handler, address = flaky
    with ringdown.Client(address, "rd_key") as client:
        client.create_flow(name="once")
        client.create_flow(name="twice")
    first, *again, other = [request.idempotency_key for request in handler.asked]
    assert uuid.UUID(first)
    assert again == [first, first]
    assert other != first


def test_asyncio_creates_are_tried_again(flaky: tuple[Flaky, str]) -> None:
    handler, address = flaky

    async def create() -> None:
        async with ringdown.aio.Client(address, "rd_key") as client:
            await client.create_flow(name="once")

    asyncio.run(create())
    assert len({request.idempotency_key for request in handler.asked}) == 1
    assert len(handler.asked) == 3


def test_what_is_not_safe_is_tried_once(flaky: tuple[Flaky, str]) -> None:
    handler, address = flaky
    with ringdown.Client(address, "rd_key") as client, pytest.raises(RingdownError) as caught:
        client.update_flow("some", name="changed")
    assert caught.value.retry_delay == 0.001
    assert len(handler.asked) == 1


def test_tries_are_bounded(flaky: tuple[Flaky, str]) -> None:
    handler, address = flaky
    handler.failures = 1_000
    with ringdown.Client(address, "rd_key") as client, pytest.raises(RingdownError, match="a moment"):
        client.get_flow("some")
    assert len(handler.asked) == 10


def test_a_cut_answer_is_asked_for_again(server: Server) -> None:
    with Proxy(server.address) as proxy, ringdown.Client(proxy.address, server.key) as client:
        before = len(list(client.list_flows()))
        proxy.cut_answers(1)
        made = client.create_flow(name="cut", actions=flow.talk("Hello."))
        assert proxy.taken == 2
        assert made.id in [it.id for it in client.list_flows()]
        assert len(list(client.list_flows())) == before + 1


def test_a_cut_answer_of_a_change_is_an_error(server: Server) -> None:
    with Proxy(server.address) as proxy, ringdown.Client(proxy.address, server.key) as client:
        made = client.create_flow(name="cut", actions=flow.talk("Hello."))
        proxy.cut_answers(1)
        with pytest.raises(RingdownError, match="UNAVAILABLE"):
            client.update_flow(made.id, name="changed", actions=flow.talk("Hello."))
        assert client.get_flow(made.id).revision == 2
