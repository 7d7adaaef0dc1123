"""Watches that break: nothing is lost, nothing told twice."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from proxy import Proxy
from server import Server

import ringdown
import ringdown.aio
from ringdown import flow, v1
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
    """A flow that waits in every round and tells something in between."""
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
    """The watch waits in a thread of its own while its server is killed, and a call is under way."""
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


def test_a_snapshot_that_broke() -> None:
    """It begins again, and only what has changed since is told."""
    place: Place[v1.WatchCallsRequest, v1.WatchCallsResponse] = Place(
        v1.WatchCallsRequest(include_snapshot=True)
    )
    snapshot, updated = v1.WatchType.WATCH_TYPE_SNAPSHOT, v1.WatchType.WATCH_TYPE_UPDATED

    def told(number: int, status: int, kind: v1.WatchType.ValueType = snapshot) -> bool:
        call = v1.Call(id=f"call {number}", status=v1.CallStatus.ValueType(status))
        return place.takes(v1.WatchCallsResponse(resume_token="again", type=kind, call=call))

    assert told(1, 1)
    assert told(2, 1)
    assert told(2, 2, updated)
    # The connection breaks here.
    assert not told(1, 1)
    assert not told(2, 2)
    assert told(3, 1)
    place.takes(v1.WatchCallsResponse(resume_token="after", type=v1.WatchType.WATCH_TYPE_PROGRESS))
    assert place.token == "after"
    assert told(1, 1, updated)


def test_pages(client: ringdown.Client) -> None:
    made = {client.create_flow(name=f"page {number}", actions=flow.talk("Hello.")).id for number in range(5)}
    listed = [it.id for it in client.list_flows(page_size=2)]
    assert made <= set(listed)
    assert len(listed) == len(set(listed))
