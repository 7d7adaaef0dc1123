package dev.ringdown;

import static dev.ringdown.Ringdown.flow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringdown.v1.*;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Watches deliver events without gaps or duplicates, whatever happens to the connection and the server. */
class WatchTest {
    private static final WatchActiveflowsRequest FROM_NOW = WatchActiveflowsRequest.getDefaultInstance();

    private static Server server;
    private static Client client;

    @BeforeAll
    static void start() throws IOException {
        server = Server.start("--sim-speed", "1000");
        client = server.client();
    }

    @AfterAll
    static void stop() throws IOException {
        client.close();
        server.close();
    }

    /** Returns the id of an activeflow that waits at a block again and again. */
    private static String run() {
        FlowBuilder flow = flow().block().set("round", "1").block().set("round", "2").block().set("round", "3");
        var request = CreateActiveflowRequest.newBuilder().addAllActions(flow.actions()).build();
        return client.activeflows().createActiveflow(request).getActiveflow().getId();
    }

    /** Continues the activeflow at each block that the watch delivers, after disturbing the connection. */
    private static List<String> follow(Watch<WatchActiveflowsResponse> watch, String id, Runnable meanwhile) {
        List<String> events = new ArrayList<>();
        for (WatchActiveflowsResponse it : watch) {
            if (!it.getActiveflow().getId().equals(id) || !it.hasEvent()) {
                continue;
            }
            events.add(it.getEvent().getId());
            switch (it.getEvent().getType()) {
                case ACTIVEFLOW_EVENT_TYPE_ENDED -> watch.close();
                case ACTIVEFLOW_EVENT_TYPE_BLOCKED -> {
                    meanwhile.run();
                    String block = it.getActiveflow().getCurrentAction().getId();
                    var request = ContinueActiveflowRequest.newBuilder().setId(id).setCurrentActionId(block).build();
                    client.activeflows().continueActiveflow(request);
                }
                default -> {}
            }
        }
        return events;
    }

    /** Returns the events that the server has stored, oldest first. */
    private static List<String> history(String id) {
        List<String> events = new ArrayList<>();
        var request = ListActiveflowEventsRequest.newBuilder().setId(id).build();
        client.activeflows().listAllActiveflowEvents(request).forEach(it -> events.add(0, it.getId()));
        return events;
    }

    @Test
    void aRestartOfTheServerIsInvisible() {
        try (var watch = client.activeflows().watchActiveflows(FROM_NOW)) {
            String id = run();
            assertEquals(follow(watch, id, server::restart), history(id));
        }
    }

    @Test
    void soIsAConnectionThatBreaksBeforeTheFirstResponseToo() throws IOException {
        try (Proxy proxy = new Proxy(server.address());
                Client through = server.client(it -> it.address(proxy.address()));
                var watch = through.activeflows().watchActiveflows(FROM_NOW)) {
            proxy.cut(1);
            String id = run();
            assertEquals(follow(watch, id, () -> proxy.cut(1)), history(id));
            assertTrue(proxy.connections() >= 6);
        }
    }

    @Test
    void aSnapshotThatBreaksOffIsNotToldTwice() throws IOException {
        Set<String> ids = Set.of(run(), run(), run());
        var request = WatchActiveflowsRequest.newBuilder().addAllIds(ids).setIncludeSnapshot(true).build();
        List<String> shown = new ArrayList<>();
        try (Proxy proxy = new Proxy(server.address());
                Client through = server.client(it -> it.address(proxy.address()));
                var watch = through.activeflows().watchActiveflows(request).withProgress()) {
            for (var it = watch.next(); it.getType() != WatchType.WATCH_TYPE_PROGRESS; it = watch.next()) {
                shown.add(it.getActiveflow().getId());
                if (shown.size() == 1) {
                    proxy.cut(1);
                }
            }
        }
        assertEquals(ids.size(), shown.size());
        assertEquals(ids, new HashSet<>(shown));
    }

    @Test
    void aWatchUntilTheEndEndsAcrossARestart() {
        Set<String> ids = Set.of(run(), run(), run());
        var request = WatchActiveflowsRequest.newBuilder().addAllIds(ids).setUntilEnded(true).build();
        List<String> ended = new ArrayList<>();
        boolean restarted = false;
        for (var it : client.activeflows().watchActiveflows(request)) {
            if (!restarted) {
                assertEquals(WatchType.WATCH_TYPE_SNAPSHOT, it.getType());
                server.restart();
                ids.forEach(id -> client.activeflows().stopActiveflow(StopActiveflowRequest.newBuilder().setId(id).build()));
                restarted = true;
            }
            if (it.getEvent().getType() == ActiveflowEventType.ACTIVEFLOW_EVENT_TYPE_ENDED) {
                ended.add(it.getEvent().getActiveflowId());
            }
        }
        // Each end is delivered exactly once, no matter how much of the snapshot was delivered before the restart.
        assertEquals(ids.size(), ended.size());
        assertEquals(ids, new HashSet<>(ended));
    }

    @Test
    void aTokenLeadsToExactlyTheRest() {
        String id;
        String token;
        try (var watch = client.activeflows().watchActiveflows(FROM_NOW)) {
            id = run();
            assertNotEquals("", watch.resumeToken());
            token = watch.next().getResumeToken();
            assertTrue(watch.hasNext());
            // The responses that were not yet delivered still follow.
            assertEquals(token, watch.resumeToken());
        }
        var request = WatchActiveflowsRequest.newBuilder().setResumeToken(token).build();
        List<String> rest = follow(client.activeflows().watchActiveflows(request), id, () -> {});
        List<String> all = history(id);
        assertEquals(all.subList(1, all.size()), rest);
    }

    @Test
    void whatCannotBeWatchedIsToldAtOnce() {
        var garbled = WatchCallsRequest.newBuilder().setResumeToken("garbled").build();
        var watch = client.calls().watchCalls(garbled);
        assertEquals("INVALID_RESUME_TOKEN", assertThrows(RingdownException.class, watch::hasNext).getReason());
    }

    @Test
    void anyThreadMayEndIt() throws Exception {
        var watch = client.calls().watchCalls(WatchCallsRequest.getDefaultInstance());
        var more = CompletableFuture.supplyAsync(watch::hasNext);
        watch.close();
        assertFalse(more.get(30, TimeUnit.SECONDS));
    }

    @Test
    void anInterruptEndsIt() throws Exception {
        var failed = new CompletableFuture<Status.Code>();
        Thread reader = new Thread(() -> {
            try (var watch = client.calls().watchCalls(WatchCallsRequest.getDefaultInstance())) {
                watch.hasNext();
            } catch (RingdownException interrupted) {
                failed.complete(interrupted.getCode());
            }
        });
        reader.start();
        reader.interrupt();
        assertEquals(Status.Code.CANCELLED, failed.get(30, TimeUnit.SECONDS));
        reader.join();
    }

    @Test
    void aServerThatStaysAwayEndsTheWatchWhenItsPatienceIsOver() throws IOException {
        var request = WatchActiveflowsRequest.newBuilder().setIncludeSnapshot(true).build();
        try (Server other = Server.start();
                Client from = other.client(it -> it.patience(Duration.ofMillis(300)));
                var watch = from.activeflows().watchActiveflows(request).withProgress()) {
            assertEquals(WatchType.WATCH_TYPE_PROGRESS, watch.next().getType());
            other.kill();
            RingdownException error = assertThrows(RingdownException.class, watch::hasNext);
            assertEquals(Status.Code.UNAVAILABLE, error.getCode());
        }
    }

    @Test
    void leavingAWatchFreesItsStream() throws IOException {
        var request = WatchActiveflowsRequest.newBuilder().setIncludeSnapshot(true).build();
        try (Server narrow = Server.start("--max-watchers-per-customer", "1");
                Client from = narrow.client()) {
            from.activeflows().createActiveflow(
                    CreateActiveflowRequest.newBuilder().addAllActions(flow().block().actions()).build());
            for (int round = 0; round < 3; round++) {
                assertEquals(WatchType.WATCH_TYPE_SNAPSHOT, first(from, request).getType());
            }
        }
    }

    /** Returns the first response of a watch once the server has noticed that the previous one was abandoned. */
    private static WatchActiveflowsResponse first(Client client, WatchActiveflowsRequest request) {
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        for (; ; ) {
            try (var watch = client.activeflows().watchActiveflows(request)) {
                return watch.next();
            } catch (RingdownException full) {
                assertEquals("TOO_MANY_WATCHERS", full.getReason());
                assertTrue(System.nanoTime() - patience < 0);
            }
        }
    }

    @Test
    void closingTheClientEndsWhatWaits() throws Exception {
        Client from = server.client();
        var request = WatchCallsRequest.newBuilder().setIncludeSnapshot(true).build();
        var watch = from.calls().watchCalls(request).withProgress();
        while (watch.next().getType() != WatchType.WATCH_TYPE_PROGRESS) {}
        var more = CompletableFuture.supplyAsync(watch::hasNext);
        from.close();
        var failed = assertThrows(ExecutionException.class, () -> more.get(30, TimeUnit.SECONDS));
        assertEquals("CANCELLED: the client is closed", failed.getCause().getMessage());
        var get = GetCustomerRequest.getDefaultInstance();
        var refused = assertThrows(RingdownException.class, () -> from.customers().getCustomer(get));
        assertEquals(Status.Code.CANCELLED, refused.getCode());
    }

    @Test
    void threadsMayShareAClient() throws Exception {
        List<CompletableFuture<String>> runs = new ArrayList<>();
        for (int at = 0; at < 16; at++) {
            runs.add(CompletableFuture.supplyAsync(WatchTest::run));
        }
        Set<String> ids = new HashSet<>();
        for (var run : runs) {
            ids.add(run.get(30, TimeUnit.SECONDS));
        }
        assertEquals(16, ids.size());
    }
}
