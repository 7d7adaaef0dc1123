"""Interrupted watches deliver events without gaps or duplicates."""

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent import futures
from typing import Any

import grpc
import pytest
from proxy import Proxy
from server import Server

import ringdown
import ringdown.aio
from ringdown import RingdownError, flow, v1
from ringdown._place import Place

BLOCKED = v1.ActiveflowEventType.ACTIVEFLOW_EVENT_TYPE_BLOCKED
ENDED = v1.ActiveflowEventType.ACTIVEFLOW_EVENT_TYPE_ENDED
ROUNDS = 3


@pytest.fixture
def mortal() -> Iterator[Server]:
    """A server that a test may kill."""
    with Server("--sim-speed", "1000") as server:
        yield server


def blocks() -> ringdown.FlowBuilder:
    """A flow that waits in every round and produces events in between."""
    steps = flow
    for number in range(ROUNDS):
        steps = steps.block().variable_set("round", value=str(number))
    return steps


def test_watch_across_kills(mortal: Server) -> None:
    with ringdown.Client(mortal.address, mortal.key) as client, client.watch_activeflows() as watch:
        run = client.create_activeflow(actions=blocks())
        told = []
        for response in watch:
            told.append(response.event.id)
            if response.event.type == BLOCKED:
                mortal.kill()
                mortal.start()
                client.continue_activeflow(run.id, current_action_id=response.activeflow.current_action.id)
            if response.event.type == ENDED:
                break
        happened = [event.id for event in client.list_activeflow_events(run.id)]
    assert told == happened[::-1]


def test_asyncio_watch_across_kills(mortal: Server) -> None:
    async def follow() -> None:
        async with (
            ringdown.aio.Client(mortal.address, mortal.key) as client,
            client.watch_activeflows() as watch,
        ):
            run = await client.create_activeflow(actions=blocks())
            told = []
            async for response in watch:
                told.append(response.event.id)
                if response.event.type == BLOCKED:
                    # The watch waits for the next response while its server dies.
                    following = asyncio.ensure_future(anext(watch))
                    await asyncio.to_thread(mortal.kill)
                    await asyncio.to_thread(mortal.start)
                    await client.continue_activeflow(
                        run.id, current_action_id=response.activeflow.current_action.id
                    )
                    told.append((await following).event.id)
                if response.event.type == ENDED:
                    break
            happened = [event.id async for event in client.list_activeflow_events(run.id)]
            assert told == happened[::-1]

    asyncio.run(follow())


def test_asyncio_watch_that_was_waited_for_in_vain(server: Server) -> None:
    async def follow() -> None:
        async with (
            ringdown.aio.Client(server.address, server.key) as client,
            client.watch_activeflows() as watch,
        ):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(watch), 0.05)
            run = await client.create_activeflow(actions=flow.block())
            told = await anext(watch)
            assert (told.activeflow.id, told.type) == (run.id, v1.WatchType.WATCH_TYPE_CREATED)
            await client.stop_activeflow(run.id)

    asyncio.run(follow())


def test_watch_while_the_server_dies(mortal: Server) -> None:
    """The watch waits in a separate thread while its server is killed during a call."""
    with ringdown.Client(mortal.address, mortal.key) as client:
        watch = client.watch_calls()
        (call,) = client.create_calls(
            source=ringdown.tel("+15551230000"),
            destinations=[ringdown.tel("+15550000001")],
            actions=flow.answer().block(),
        )
        told: list[v1.WatchCallsResponse] = []
        answered = threading.Event()

        def follow() -> None:
            for response in watch:
                told.append(response)
                if response.call.status == v1.CallStatus.CALL_STATUS_PROGRESSING:
                    answered.set()
                if response.call.status == v1.CallStatus.CALL_STATUS_HANGUP:
                    return

        reader = threading.Thread(target=follow)
        reader.start()
        assert answered.wait(30)
        mortal.kill()
        mortal.start()
        reader.join(30)
        watch.close()
        assert {response.call.id for response in told} == {call.id}
        ids = [response.event.id for response in told]
        assert len(ids) == len(set(ids))
        last = told[-1].call
        assert last.hangup_reason == v1.HangupReason.HANGUP_REASON_FAILED


def test_cut_connections(server: Server) -> None:
    with Proxy(server.address) as proxy, ringdown.Client(proxy.address, server.key) as client:
        watch = client.watch_activeflows()
        run = client.create_activeflow(actions=blocks())
        told = []
        for response in watch:
            if response.activeflow.id != run.id:
                continue
            proxy.cut()
            told.append(response.event.id)
            if response.event.type == BLOCKED:
                client.continue_activeflow(run.id, current_action_id=response.activeflow.current_action.id)
            if response.event.type == ENDED:
                break
        happened = [event.id for event in client.list_activeflow_events(run.id)]
    assert told == happened[::-1]
    assert proxy.taken > ROUNDS


def test_token_of_another_process(client: ringdown.Client) -> None:
    watch = client.watch_activeflows()
    run = client.create_activeflow(actions=flow.variable_set("key", value="value"))
    first = next(watch)
    watch.close()
    assert watch.resume_token == first.resume_token
    again = client.watch_activeflows(resume_token=watch.resume_token)
    rest = [first]
    while rest[-1].event.type != ENDED:
        rest.append(next(again))
    happened = [event.id for event in client.list_activeflow_events(run.id)]
    assert [response.event.id for response in rest] == happened[::-1]


def test_close_ends_a_watch_that_waits(client: ringdown.Client) -> None:
    watch = client.watch_calls(include_snapshot=True, progress=True)
    assert any(response.type == v1.WatchType.WATCH_TYPE_PROGRESS for response in watch)
    threading.Timer(0, watch.close).start()
    assert all(response.type == v1.WatchType.WATCH_TYPE_PROGRESS for response in watch)


def test_leaving_a_watch_frees_its_stream() -> None:
    with (
        Server("--max-watchers-per-customer", "1") as server,
        ringdown.Client(server.address, server.key) as client,
    ):
        client.create_activeflow(actions=flow.block())
        with client.watch_activeflows(include_snapshot=True) as watch:
            next(watch)
            with pytest.raises(RingdownError, match="TOO_MANY_WATCHERS"):
                next(client.watch_activeflows(include_snapshot=True))
        for _ in range(3):
            assert first_of_a_watch(client).type == v1.WatchType.WATCH_TYPE_SNAPSHOT


def first_of_a_watch(client: ringdown.Client) -> v1.WatchActiveflowsResponse:
    """Returns the first response once the server has noticed that the previous watch was abandoned."""
    patience = time.monotonic() + 30
    while True:
        try:
            for response in client.watch_activeflows(include_snapshot=True):
                return response
        except RingdownError as error:
            if error.reason != "TOO_MANY_WATCHERS" or time.monotonic() > patience:
                raise


def test_closing_the_client_ends_what_waits(server: Server) -> None:
    client = ringdown.Client(server.address, server.key)
    watch = client.watch_calls(include_snapshot=True, progress=True)
    assert any(response.type == v1.WatchType.WATCH_TYPE_PROGRESS for response in watch)
    threading.Timer(0, client.close).start()
    with pytest.raises(RingdownError, match="CANCELLED: the client is closed"):
        list(watch)
    with pytest.raises(RingdownError, match="the client is closed"):
        client.get_customer()


def test_close_ends_an_asyncio_watch_that_waits(server: Server) -> None:
    async def follow() -> None:
        async with ringdown.aio.Client(server.address, server.key) as client, client.watch_calls() as watch:
            waiting = asyncio.ensure_future(anext(watch))
            assert (await client.get_customer()).id
            watch.close()
            with pytest.raises(StopAsyncIteration):
                await waiting

    asyncio.run(follow())


def test_closing_the_asyncio_client_ends_what_waits(server: Server) -> None:
    async def follow() -> None:
        client = ringdown.aio.Client(server.address, server.key)
        async with client.watch_calls() as watch:
            waiting = asyncio.ensure_future(anext(watch))
            # It waits: the connection is established and the request sent.
            assert (await client.get_customer()).id
            await client.close()
            with pytest.raises(RingdownError, match="CANCELLED: the client is closed"):
                await waiting
        with pytest.raises(RingdownError, match="the client is closed"):
            await client.get_customer()

    asyncio.run(follow())


class Brief(grpc.GenericRpcHandler):
    """Ends every watch after one response, and records the resume tokens."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def service(self, details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[Any, Any]":
        def answer(request: v1.WatchCallsRequest, _: grpc.ServicerContext) -> Iterator[v1.WatchCallsResponse]:
            self.asked.append(request.resume_token)
            token = str(len(self.asked))
            updated = v1.WatchType.WATCH_TYPE_UPDATED
            yield v1.WatchCallsResponse(resume_token=token, type=updated, call=v1.Call(id=token))

        assert details.method.endswith("/WatchCalls")
        return grpc.unary_stream_rpc_method_handler(
            answer, v1.WatchCallsRequest.FromString, lambda it: it.SerializeToString()
        )


@pytest.fixture
def brief() -> Iterator[tuple[Brief, str]]:
    handler = Brief()
    server = grpc.server(futures.ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers((handler,))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield handler, f"http://127.0.0.1:{port}"
    server.stop(None).wait()


def test_a_stream_that_ends_is_not_the_end_of_the_watch(brief: tuple[Brief, str]) -> None:
    handler, address = brief
    with ringdown.Client(address, "rd_key") as client, client.watch_calls(resume_token="0") as watch:
        assert [next(watch).call.id for _ in range(3)] == ["1", "2", "3"]
    assert handler.asked == ["0", "1", "2"]


def test_a_stream_that_ends_is_not_the_end_of_the_asyncio_watch(brief: tuple[Brief, str]) -> None:
    handler, address = brief

    async def follow() -> list[str]:
        async with ringdown.aio.Client(address, "rd_key") as client:
            watch = client.watch_calls(resume_token="0")
            return [(await anext(watch)).call.id for _ in range(3)]

    assert asyncio.run(follow()) == ["1", "2", "3"]
    assert handler.asked == ["0", "1", "2"]


def test_what_was_told_is_kept_for_a_snapshot_alone() -> None:
    """A watch that resumes from a token keeps no digests, no matter how many responses it receives."""
    place: Place[v1.WatchCallsRequest, v1.WatchCallsResponse] = Place(v1.WatchCallsRequest(resume_token="0"))
    for number in range(1, 4):
        call = v1.Call(id=f"call {number}")
        updated = v1.WatchType.WATCH_TYPE_UPDATED
        assert place.takes(v1.WatchCallsResponse(resume_token=str(number), type=updated, call=call))
    assert place._shown is None


def test_a_snapshot_that_broke() -> None:
    """The snapshot is sent again, and only resources that changed since are delivered."""
    place: Place[v1.WatchCallsRequest, v1.WatchCallsResponse] = Place(
        v1.WatchCallsRequest(include_snapshot=True)
    )
    snapshot, updated = v1.WatchType.WATCH_TYPE_SNAPSHOT, v1.WatchType.WATCH_TYPE_UPDATED

    def told(number: int, status: int, kind: v1.WatchType.ValueType = snapshot) -> bool:
        call = v1.Call(id=f"call {number}", status=v1.CallStatus.ValueType(status))
        return place.takes(v1.WatchCallsResponse(resume_token="again", type=kind, call=call))

    assert told(1, 1)
    assert told(2, 1)
    # The connection breaks here.
    assert not told(1, 1)
    assert told(2, 2)
    # The last response of a snapshot carries the token of the events that follow.
    call = v1.Call(id="call 3", status=v1.CallStatus.ValueType(1))
    assert place.takes(v1.WatchCallsResponse(resume_token="after", type=snapshot, call=call))
    assert place.token == "after"
    # Events in the meantime are delivered, although the snapshot already reflects them.
    assert told(2, 1, updated)
    assert told(2, 2, updated)
    assert place._shown is None


def test_what_happens_while_a_snapshot_breaks_is_told(mortal: Server) -> None:
    with ringdown.Client(mortal.address, mortal.key) as client:
        ids = [client.create_activeflow(actions=flow.block()).id for _ in range(3)]
        ended = []
        for number, response in enumerate(client.watch_activeflows(ids=ids, until_ended=True)):
            if number == 0:
                assert response.type == v1.WatchType.WATCH_TYPE_SNAPSHOT
                mortal.kill()
                mortal.start()
                for run in ids:
                    client.stop_activeflow(run)
            if response.event.type == ENDED:
                ended.append(response.event.activeflow_id)
    assert sorted(ended) == sorted(ids)


def test_pages(client: ringdown.Client) -> None:
    made = {client.create_flow(name=f"page {number}", actions=flow.talk("Hello.")).id for number in range(5)}
    listed = [it.id for it in client.list_flows(page_size=2)]
    assert made <= set(listed)
    assert len(listed) == len(set(listed))
