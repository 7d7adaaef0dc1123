package dev.ringdown;

import static dev.ringdown.Ringdown.flow;
import static dev.ringdown.Ringdown.tel;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.rpc.Code;
import com.google.rpc.RetryInfo;
import dev.ringdown.v1.*;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Errors, deadlines and retries of RPCs. */
class CallsTest {
    private static Server server;

    @BeforeAll
    static void start() throws IOException {
        server = Server.start("--sim-speed", "1000");
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    private static RingdownException refused(Executable call) {
        return assertThrows(RingdownException.class, call);
    }

    private static String name(Client client) {
        return client.customers().getCustomer(GetCustomerRequest.getDefaultInstance()).getCustomer().getName();
    }

    @Test
    void anErrorSaysWhatWhyWhereAndWhichRequest() {
        try (Client client = server.client()) {
            var unknown = GetCallRequest.newBuilder().setId("5a1e5000-0000-4000-8000-000000000001").build();
            RingdownException error = refused(() -> client.calls().getCall(unknown));
            assertEquals(Status.Code.NOT_FOUND, error.getCode());
            assertEquals("CALL_NOT_FOUND", error.getReason());
            assertFalse(error.getRequestId().isEmpty());
            assertTrue(error.getMessage().startsWith("CALL_NOT_FOUND: "), error.getMessage());

            var silent = CreateFlowRequest.newBuilder().addAllActions(flow().talk("").talk("").actions()).build();
            RingdownException bad = refused(() -> client.flows().createFlow(silent));
            assertEquals(Status.Code.INVALID_ARGUMENT, bad.getCode());
            var fields = bad.getFieldViolations().stream().map(FieldViolation::field).toList();
            assertEquals(List.of("actions[0].option.text", "actions[1].option.text"), fields);
            fields.forEach(field -> assertEquals(2, bad.getMessage().split(Pattern.quote(field), -1).length, bad.getMessage()));
        }
        try (Client stranger = server.client(it -> it.key("rd_nobody"))) {
            assertEquals("INVALID_CREDENTIALS", refused(() -> name(stranger)).getReason());
            var watch = WatchCallsRequest.getDefaultInstance();
            assertEquals("INVALID_CREDENTIALS", refused(() -> stranger.calls().watchCalls(watch)).getReason());
        }
    }

    @Test
    void anAddressAndAKeyThatAreNoneAreTold() {
        for (String address : List.of("localhost:8080", "ftp://localhost", "http://a b", "http://localhost/path", "")) {
            var wrong = assertThrows(IllegalArgumentException.class, () -> Ringdown.client(address, ""));
            assertTrue(wrong.getMessage().startsWith("address: expected http://"), wrong.getMessage());
        }
        assertThrows(IllegalArgumentException.class, () -> Ringdown.client(server.address(), "rd_key\n"));
    }

    @Test
    void aCallThatGetsNoAnswerEndsAtItsDeadline() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String address = "http://127.0.0.1:" + silent.getLocalPort();
            try (Client client = server.client(it -> it.address(address).timeout(Duration.ofMillis(100)))) {
                assertEquals(Status.Code.DEADLINE_EXCEEDED, refused(() -> name(client)).getCode());
                CustomerClient hasty = client.customers().withTimeout(Duration.ofMillis(20));
                var get = GetCustomerRequest.getDefaultInstance();
                assertEquals(Status.Code.DEADLINE_EXCEEDED, refused(() -> hasty.getCustomer(get)).getCode());
            }
        }
    }

    @Test
    void aServerThatStaysAwayIsToldAfterSomeTries() throws IOException {
        String address;
        try (ServerSocket gone = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            address = "http://127.0.0.1:" + gone.getLocalPort();
        }
        try (Client client = server.client(it -> it.address(address))) {
            RingdownException error = refused(() -> name(client));
            assertEquals(Status.Code.UNAVAILABLE, error.getCode());
            assertTrue(error.getMessage().contains("Connection refused"), error.getMessage());
        }
    }

    @Test
    void aServerMaySayWhenToTryAgain() throws IOException {
        List<String> keys = new CopyOnWriteArrayList<>();
        io.grpc.Server busy = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .addService(new FlowServiceGrpc.FlowServiceImplBase() {
                    @Override
                    public void createFlow(CreateFlowRequest request, StreamObserver<CreateFlowResponse> answer) {
                        keys.add(request.getIdempotencyKey());
                        if (keys.size() == 1) {
                            var delay = com.google.protobuf.Duration.newBuilder().setNanos(400_000_000);
                            var details = Any.pack(RetryInfo.newBuilder().setRetryDelay(delay).build());
                            var busy = com.google.rpc.Status.newBuilder().setCode(Code.UNAVAILABLE_VALUE).addDetails(details);
                            answer.onError(StatusProto.toStatusRuntimeException(busy.build()));
                        } else {
                            answer.onNext(CreateFlowResponse.getDefaultInstance());
                            answer.onCompleted();
                        }
                    }
                })
                .build()
                .start();
        try (Client client = server.client(it -> it.address("http://127.0.0.1:" + busy.getPort()))) {
            long began = System.nanoTime();
            client.flows().createFlow(CreateFlowRequest.getDefaultInstance());
            assertTrue(System.nanoTime() - began >= Duration.ofMillis(400).toNanos());
            assertEquals(2, keys.size());
            assertEquals(keys.get(0), keys.get(1));
            assertEquals(36, keys.get(0).length());
        }
        busy.shutdownNow();
    }

    @Test
    void aReadIsTriedAgainWhenTheConnectionBreaks() throws IOException {
        try (Proxy proxy = new Proxy(server.address()); Client client = server.client(it -> it.address(proxy.address()))) {
            proxy.cut(2);
            name(client);
            proxy.swallowAnswers(1);
            name(client);
            assertEquals(4, proxy.connections());
        }
    }

    @Test
    void aCreateWhoseAnswerWasLostIsDoneOnce() throws IOException {
        try (Proxy proxy = new Proxy(server.address()); Client client = server.client(it -> it.address(proxy.address()))) {
            name(client);
            proxy.swallowAnswers(2);
            var request = CreateCallsRequest.newBuilder().setSource(tel("+15551230000")).addDestinations(tel("+15550000001"));
            request.addAllActions(flow().stop().actions());
            String id = client.calls().createCalls(request.build()).getCalls(0).getId();
            assertEquals(3, proxy.connections());
            var calls = client.calls().listAllCalls(ListCallsRequest.getDefaultInstance());
            assertEquals(List.of(id), StreamSupport.stream(calls.spliterator(), false).map(Call::getId).toList());
        }
    }

    @Test
    void whatIsNotSafeToRepeatIsNotRepeated() throws IOException {
        try (Proxy proxy = new Proxy(server.address()); Client client = server.client(it -> it.address(proxy.address()))) {
            name(client);
            proxy.swallowAnswers(1);
            var update = UpdateCustomerRequest.newBuilder().setName("Example").build();
            refused(() -> client.customers().updateCustomer(update));
            assertEquals(1, proxy.connections());
            assertEquals("Example", name(client));
        }
    }

    @Test
    void anIdempotencyKeyOfOnesOwnIsKept() {
        try (Client client = server.client()) {
            var request = CreateFlowRequest.newBuilder().setName("once").setIdempotencyKey("mine");
            request.addAllActions(flow().sleep(1).actions());
            String id = client.flows().createFlow(request.build()).getFlow().getId();
            assertEquals(id, client.flows().createFlow(request.build()).getFlow().getId());
            request.setName("other");
            assertEquals("IDEMPOTENCY_KEY_REUSED", refused(() -> client.flows().createFlow(request.build())).getReason());
        }
    }
}
