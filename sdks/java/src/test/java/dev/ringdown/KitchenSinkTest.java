package dev.ringdown;

import static dev.ringdown.Ringdown.flow;
import static dev.ringdown.Ringdown.tel;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.FieldMask;
import com.sun.net.httpserver.HttpServer;
import dev.ringdown.v1.*;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every RPC of the contract, against the real server. */
class KitchenSinkTest {
    private static final Address OURS = tel("+15551230000");
    private static final Address LISTENER = tel("+15550000001");

    /** Full names of the RPCs that were called. */
    private static final Set<String> called = ConcurrentHashMap.newKeySet();

    private static Server server;
    private static Client client;
    private static Client operator;

    @BeforeAll
    static void start() throws IOException {
        server = Server.start("--sim-speed", "1000", "--outbound-allow", "127.0.0.1:*");
        UnaryOperator<Client.Builder> noting = it -> it.intercept(new ClientInterceptor() {
            @Override
            public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
                called.add(method.getFullMethodName());
                return next.newCall(method, options);
            }
        });
        client = server.client(noting);
        operator = server.operator(noting);
    }

    @AfterAll
    static void everyRpcWasCalled() throws IOException {
        client.close();
        operator.close();
        server.close();
        Set<String> missing = new TreeSet<>();
        Pattern service = Pattern.compile("(?m)^service (\\w+)");
        Pattern rpc = Pattern.compile("(?m)^  rpc (\\w+)");
        try (Stream<Path> files = Files.list(Path.of("../../proto/ringdown/v1"))) {
            for (Path file : files.filter(it -> it.toString().endsWith("_service.proto")).toList()) {
                String text = Files.readString(file);
                String name = service.matcher(text).results().findFirst().orElseThrow().group(1);
                rpc.matcher(text).results().map((MatchResult it) -> "ringdown.v1." + name + "/" + it.group(1)).forEach(missing::add);
            }
        }
        assertTrue(missing.size() > 60, () -> "RPCs in the contract: " + missing);
        missing.removeAll(called);
        assertEquals(Set.of(), missing, "no test calls these");
    }

    private static <T> List<T> all(Iterable<T> told) {
        return StreamSupport.stream(told.spliterator(), false).toList();
    }

    private static <T> T last(List<T> told, Predicate<T> wanted) {
        return told.stream().filter(wanted).reduce((one, other) -> other).orElseThrow();
    }

    private static void untilBlocked(String activeflow) {
        var request = WatchActiveflowsRequest.newBuilder().addIds(activeflow).setIncludeSnapshot(true).build();
        try (var watch = client.activeflows().watchActiveflows(request)) {
            while (!watch.next().getActiveflow().getCurrentAction().hasBlock()) {
                assertTrue(watch.hasNext());
            }
        }
    }

    private static Activeflow untilEnded(String activeflow) {
        var request = WatchActiveflowsRequest.newBuilder().addIds(activeflow).setUntilEnded(true).build();
        var told = all(client.activeflows().watchActiveflows(request));
        return last(told, WatchActiveflowsResponse::hasActiveflow).getActiveflow();
    }

    private static Activeflow run(FlowBuilder flow) {
        var request = CreateActiveflowRequest.newBuilder().addAllActions(flow.actions()).putVariables("colour", "red");
        return client.activeflows().createActiveflow(request.build()).getActiveflow();
    }

    /** Returns the id of a call that is answered and waits at a block. */
    private static String liveCall() {
        var request = CreateCallsRequest.newBuilder().setSource(OURS).addDestinations(LISTENER);
        request.addAllActions(flow().answer().block().actions());
        Call call = client.calls().createCalls(request.build()).getCalls(0);
        untilBlocked(call.getActiveflowId());
        Call now = client.calls().getCall(GetCallRequest.newBuilder().setId(call.getId()).build()).getCall();
        assertEquals(CallStatus.CALL_STATUS_PROGRESSING, now.getStatus());
        return call.getId();
    }

    private static Call untilOver(String call) {
        var request = WatchCallsRequest.newBuilder().addIds(call).setUntilEnded(true).build();
        return last(all(client.calls().watchCalls(request)), WatchCallsResponse::hasCall).getCall();
    }

    @Test
    void flows() {
        FlowClient flows = client.flows();
        var actions = flow().talk("Hello.").actions();
        var create = CreateFlowRequest.newBuilder().addAllActions(actions);
        String id = flows.createFlow(create.setName("hello").build()).getFlow().getId();
        assertEquals("hello", flows.getFlow(GetFlowRequest.newBuilder().setId(id).build()).getFlow().getName());
        var update = UpdateFlowRequest.newBuilder().setId(id).setName("longer");
        update.addAllActions(flow().talk("Hello.").sleep(5).actions());
        assertEquals(2, flows.updateFlow(update.build()).getFlow().getRevision());

        var revisions = flows.listAllFlowRevisions(ListFlowRevisionsRequest.newBuilder().setId(id).setPageSize(1).build());
        assertEquals(List.of(2L, 1L), all(revisions).stream().map(FlowRevision::getRevision).toList());
        var diff = DiffFlowRevisionsRequest.newBuilder().setId(id).setFromRevision(1).setToRevision(2).build();
        assertNotEquals(0, flows.diffFlowRevisions(diff).getActionsCount());
        flows.createFlow(create.setName("a").build());
        flows.createFlow(create.setName("b").build());
        var names = all(flows.listAllFlows(ListFlowsRequest.newBuilder().setPageSize(2).build())).stream().map(Flow::getName);
        assertTrue(names.toList().containsAll(List.of("b", "a", "longer")));
        assertEquals(1, flows.listFlows(ListFlowsRequest.newBuilder().setPageSize(1).build()).getFlowsCount());

        var played = flows.simulateFlow(SimulateFlowRequest.newBuilder().addAllActions(actions).addScript("answer").build());
        assertEquals(EndReason.END_REASON_FINISHED, played.getRuns(0).getEndReason());
        assertTrue(flow().talk("Hello.").validate(client).getValid());
        var dangling = flow().goTo("5a1e5000-0000-4000-8000-000000000001", 1).validate(client);
        assertEquals("DANGLING_TARGET", dangling.getProblems(0).getReason());
        assertEquals(id, flows.deleteFlow(DeleteFlowRequest.newBuilder().setId(id).build()).getFlow().getId());
    }

    @Test
    void activeflows() {
        ActiveflowClient activeflows = client.activeflows();
        FlowBuilder flow = flow().block().set("done", "yes");
        String id = run(flow).getId();
        untilBlocked(id);
        var set = SetVariablesRequest.newBuilder().setId(id).putVariables("size", "xl").build();
        assertEquals("xl", activeflows.setVariables(set).getVariablesOrThrow("size"));
        var get = GetVariablesRequest.newBuilder().setId(id).build();
        assertEquals("red", activeflows.getVariables(get).getVariablesOrThrow("colour"));
        var pushed = flow().set("pushed", "yes").actions();
        activeflows.pushActions(PushActionsRequest.newBuilder().setId(id).addAllActions(pushed).build());
        String block = flow.actions().get(0).getId();
        activeflows.continueActiveflow(ContinueActiveflowRequest.newBuilder().setId(id).setCurrentActionId(block).build());
        assertEquals(EndReason.END_REASON_FINISHED, untilEnded(id).getEndReason());
        Activeflow ended = activeflows.getActiveflow(GetActiveflowRequest.newBuilder().setId(id).build()).getActiveflow();
        assertEquals("yes", ended.getVariablesOrThrow("done"));
        assertEquals("yes", ended.getVariablesOrThrow("pushed"));
        var list = ListActiveflowEventsRequest.newBuilder().setId(id).setPageSize(3).build();
        var events = all(activeflows.listAllActiveflowEvents(list));
        assertEquals(ActiveflowEventType.ACTIVEFLOW_EVENT_TYPE_ENDED, events.get(0).getType());
        assertEquals(ActiveflowEventType.ACTIVEFLOW_EVENT_TYPE_CREATED, events.get(events.size() - 1).getType());

        String other = run(flow).getId();
        var stopped = activeflows.stopActiveflow(StopActiveflowRequest.newBuilder().setId(other).build()).getActiveflow();
        assertEquals(EndReason.END_REASON_STOPPED, stopped.getEndReason());
        var some = ListActiveflowsRequest.newBuilder().setReferenceType(ReferenceType.REFERENCE_TYPE_API).setPageSize(1).build();
        var ids = all(activeflows.listAllActiveflows(some)).stream().map(Activeflow::getId).toList();
        assertTrue(ids.indexOf(other) < ids.indexOf(id) && ids.contains(other), ids::toString);
        activeflows.deleteActiveflow(DeleteActiveflowRequest.newBuilder().setId(id).build());
    }

    @Test
    void calls() {
        CallClient calls = client.calls();
        try (var watch = calls.watchCalls(WatchCallsRequest.getDefaultInstance())) {
            String id = liveCall();
            while (!watch.next().getEvent().getCallId().equals(id)) {
                assertTrue(watch.hasNext());
            }
            calls.talkCall(TalkCallRequest.newBuilder().setId(id).setText("One moment.").build());
            calls.sendDigits(SendDigitsRequest.newBuilder().setId(id).setDigits("12#").build());
            calls.holdCall(HoldCallRequest.newBuilder().setId(id).build());
            calls.unholdCall(UnholdCallRequest.newBuilder().setId(id).build());
            var mute = MuteCallRequest.newBuilder().setId(id).setDirection(MuteDirection.MUTE_DIRECTION_IN).build();
            assertEquals(MuteDirection.MUTE_DIRECTION_IN, calls.muteCall(mute).getCall().getMuteDirection());
            calls.unmuteCall(UnmuteCallRequest.newBuilder().setId(id).build());
            var up = ListCallsRequest.newBuilder().setStatus(CallStatus.CALL_STATUS_PROGRESSING).build();
            assertTrue(all(calls.listAllCalls(up)).stream().anyMatch(it -> it.getId().equals(id)));
            calls.hangupCall(HangupCallRequest.newBuilder().setId(id).build());
            assertEquals(CallStatus.CALL_STATUS_HANGUP, untilOver(id).getStatus());
            var trace = GetCallTraceRequest.newBuilder().setId(id).build();
            var missing = assertThrows(RingdownException.class, () -> calls.getCallTrace(trace));
            assertEquals("CALL_TRACE_NOT_FOUND", missing.getReason());
            var pcap = GetCallPcapRequest.newBuilder().setId(id).build();
            missing = assertThrows(RingdownException.class, () -> calls.getCallPcap(pcap));
            assertEquals("CALL_TRACE_NOT_FOUND", missing.getReason());
            calls.deleteCall(DeleteCallRequest.newBuilder().setId(id).build());
        }
    }

    @Test
    void recordings() {
        RecordingClient recordings = client.recordings();
        String callId = liveCall();
        Call call = client.calls().startRecording(StartRecordingRequest.newBuilder().setId(callId).build()).getCall();
        client.calls().stopRecording(StopRecordingRequest.newBuilder().setId(callId).build());
        client.calls().hangupCall(HangupCallRequest.newBuilder().setId(callId).build());
        untilOver(callId);
        String id = call.getRecordingId();
        Recording recording = recordings.getRecording(GetRecordingRequest.newBuilder().setId(id).build()).getRecording();
        assertEquals(RecordingStatus.RECORDING_STATUS_ENDED, recording.getStatus());
        var listed = recordings.listRecordings(ListRecordingsRequest.newBuilder().setCallId(callId).build());
        assertEquals(id, listed.getRecordings(0).getId());
        ByteString wav = ByteString.EMPTY;
        try (var download = recordings.downloadRecording(DownloadRecordingRequest.newBuilder().setId(id).build())) {
            for (DownloadRecordingResponse chunk : download) {
                wav = wav.concat(chunk.getData());
            }
        }
        assertTrue(wav.startsWith(ByteString.copyFromUtf8("RIFF")));
        assertEquals(recording.getSize(), wav.size());
        recordings.deleteRecording(DeleteRecordingRequest.newBuilder().setId(id).build());
    }

    @Test
    void simulatedPhones() {
        SimulatorClient simulator = client.simulator();
        var busy = SetCalleeRequest.newBuilder().setTarget("+15557770001").setAnswer(CalleeAnswer.CALLEE_ANSWER_BUSY).build();
        assertEquals(CalleeAnswer.CALLEE_ANSWER_BUSY, simulator.setCallee(busy).getCallee().getAnswer());
        var incoming = SimulateIncomingCallRequest.newBuilder().setSource(tel("+15557770002")).setDestination(OURS);
        incoming.addAllActions(flow().digitsReceive(it -> it.setLength(2).setDuration(60_000_000)).block().actions());
        Call call = simulator.simulateIncomingCall(incoming.build()).getCall();
        simulator.simulateDigits(SimulateDigitsRequest.newBuilder().setCallId(call.getId()).setDigits("42").build());
        untilBlocked(call.getActiveflowId());
        var variables = client.activeflows().getVariables(GetVariablesRequest.newBuilder().setId(call.getActiveflowId()).build());
        assertEquals("42", variables.getVariablesOrThrow("voipbin.call.digits"));
        simulator.simulateHangup(SimulateHangupRequest.newBuilder().setCallId(call.getId()).build());
        assertEquals(EndReason.END_REASON_HANGUP, untilEnded(call.getActiveflowId()).getEndReason());
    }

    @Test
    void numbersAndMessages() {
        NumberClient numbers = client.numbers();
        MessageClient messages = client.messages();
        var flow = CreateFlowRequest.newBuilder().setName("sms").addAllActions(flow().sleep(1).actions()).build();
        String flowId = client.flows().createFlow(flow).getFlow().getId();
        Address desk = tel("+15551234567");
        var create = CreateNumberRequest.newBuilder().setNumber(desk.getTarget()).setMessageFlowId(flowId).build();
        String id = numbers.createNumber(create).getNumber().getId();
        assertEquals(desk.getTarget(), numbers.getNumber(GetNumberRequest.newBuilder().setId(id).build()).getNumber().getNumber());
        var update = UpdateNumberRequest.newBuilder().setId(id).setName("desk").setMessageFlowId(flowId).build();
        assertEquals("desk", numbers.updateNumber(update).getNumber().getName());
        assertEquals(id, numbers.listNumbers(ListNumbersRequest.getDefaultInstance()).getNumbers(0).getId());

        var receive = ReceiveMessageRequest.newBuilder().setSource(LISTENER).setDestination(desk).setText("Hi").build();
        assertNotEquals("", messages.receiveMessage(receive).getMessage().getActiveflowId());
        var send = SendMessageRequest.newBuilder().setSource(desk).addDestinations(LISTENER).setText("Hello").build();
        String message = messages.sendMessage(send).getMessages(0).getId();
        assertEquals("Hello", messages.getMessage(GetMessageRequest.newBuilder().setId(message).build()).getMessage().getText());
        assertEquals(2, all(messages.listAllMessages(ListMessagesRequest.newBuilder().setPageSize(1).build())).size());
        messages.deleteMessage(DeleteMessageRequest.newBuilder().setId(message).build());
        numbers.deleteNumber(DeleteNumberRequest.newBuilder().setId(id).build());
    }

    @Test
    void customerAndWebhooks() throws IOException, InterruptedException {
        Semaphore requests = new Semaphore(0);
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
            requests.release();
        });
        receiver.start();
        String uri = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook";
        var customer = UpdateCustomerRequest.newBuilder().setName("Example");
        client.customers().updateCustomer(customer.setWebhookUri(uri).build());
        assertEquals(uri, client.customers().getCustomer(GetCustomerRequest.getDefaultInstance()).getCustomer().getWebhookUri());

        WebhookClient webhooks = client.webhooks();
        Activeflow activeflow = run(flow().sleep(1));
        requests.acquire();
        var list = ListWebhookDeliveriesRequest.newBuilder().setActiveflowId(activeflow.getId()).setPageSize(1).build();
        String id = webhooks.listAllWebhookDeliveries(list).iterator().next().getId();
        var get = GetWebhookDeliveryRequest.newBuilder().setId(id).build();
        assertEquals(uri, webhooks.getWebhookDelivery(get).getDelivery().getUri());
        webhooks.redeliverWebhook(RedeliverWebhookRequest.newBuilder().setId(id).build());
        requests.acquire();
        client.customers().updateCustomer(customer.setWebhookUri("").build());
        receiver.stop(0);
    }

    @Test
    void operators() {
        CustomerClient customers = operator.customers();
        var made = customers.createCustomer(CreateCustomerRequest.newBuilder().setName("another").build());
        assertTrue(made.getAccessKey().getKey().startsWith("rd_"));
        String id = made.getCustomer().getId();
        var list = ListCustomersRequest.newBuilder().setPageSize(1).build();
        assertTrue(all(customers.listAllCustomers(list)).stream().anyMatch(it -> it.getId().equals(id)));
        var limits = UpdateCustomerLimitsRequest.newBuilder().setId(id).setCalls(7).build();
        assertEquals(7, customers.updateCustomerLimits(limits).getCustomer().getLimits().getCalls());
        var use = GetCustomerUseRequest.newBuilder().setId(id).build();
        assertEquals(0, customers.getCustomerUse(use).getUsage().getCalls());
        var suspend = SuspendCustomerRequest.newBuilder().setId(id).build();
        customers.suspendCustomer(suspend);
        customers.resumeCustomer(ResumeCustomerRequest.newBuilder().setId(id).build());
        customers.suspendCustomer(suspend);
        var deleted = customers.deleteCustomer(DeleteCustomerRequest.newBuilder().setId(id).build());
        assertEquals(id, deleted.getCustomer().getId());
        var mine = CreateCustomerRequest.newBuilder().setName("mine").build();
        assertThrows(RuntimeException.class, () -> client.customers().createCustomer(mine));
    }

    @Test
    void providersAndRoutes() {
        ProviderClient providers = operator.providers();
        RouteClient routes = operator.routes();
        var create = CreateProviderRequest.newBuilder().setHostname("sip.carrier.example").setName("carrier").build();
        Provider made = providers.createProvider(create).getProvider();
        assertEquals(5060, made.getSip().getPort());
        String provider = made.getId();
        assertEquals("carrier", providers.getProvider(GetProviderRequest.newBuilder().setId(provider).build()).getProvider().getName());
        var some = ListProvidersRequest.newBuilder().setPageSize(1).build();
        assertEquals(List.of(provider), all(providers.listAllProviders(some)).stream().map(Provider::getId).toList());
        var rename = UpdateProviderRequest.newBuilder().setId(provider).setName("another");
        rename.setUpdateMask(FieldMask.newBuilder().addPaths("name"));
        assertEquals("sip.carrier.example", providers.updateProvider(rename.build()).getProvider().getHostname());

        var route = CreateRouteRequest.newBuilder().setProviderId(provider).setTarget("+82").setPriority(1).build();
        String id = routes.createRoute(route).getRoute().getId();
        assertEquals("+82", routes.getRoute(GetRouteRequest.newBuilder().setId(id).build()).getRoute().getTarget());
        var list = ListRoutesRequest.newBuilder().setPageSize(1).build();
        assertEquals(List.of(id), all(routes.listAllRoutes(list)).stream().map(Route::getId).toList());
        var update = UpdateRouteRequest.newBuilder().setId(id).setPriority(2);
        routes.updateRoute(update.setUpdateMask(FieldMask.newBuilder().addPaths("priority")).build());
        var find = ListDialRoutesRequest.newBuilder().setDestination("+821012345678").build();
        DialRoute found = routes.listDialRoutes(find).getDialRoutes(0);
        assertEquals(2, found.getRoute().getPriority());
        assertEquals("another", found.getProviderName());
        routes.deleteRoute(DeleteRouteRequest.newBuilder().setId(id).build());
        providers.deleteProvider(DeleteProviderRequest.newBuilder().setId(provider).build());
        assertThrows(RuntimeException.class, () -> client.providers().listProviders(some));
    }

    @Test
    void accessKeysAndActionTypes() {
        AccessKeyClient keys = client.accessKeys();
        AccessKey made = keys.createAccessKey(CreateAccessKeyRequest.newBuilder().setName("second").build()).getAccessKey();
        assertTrue(made.getKey().startsWith("rd_"));
        String id = made.getId();
        assertEquals("", keys.getAccessKey(GetAccessKeyRequest.newBuilder().setId(id).build()).getAccessKey().getKey());
        var update = UpdateAccessKeyRequest.newBuilder().setId(id).setName("third").build();
        assertEquals("third", keys.updateAccessKey(update).getAccessKey().getName());
        List<AccessKey> listed = new ArrayList<>();
        keys.listAllAccessKeys(ListAccessKeysRequest.newBuilder().setPageSize(1).build()).forEach(listed::add);
        assertEquals(2, listed.size());
        keys.deleteAccessKey(DeleteAccessKeyRequest.newBuilder().setId(id).build());

        var types = client.actions().listActionTypes(ListActionTypesRequest.getDefaultInstance()).getActionTypesList();
        assertTrue(types.stream().anyMatch(it -> it.getName().equals("talk")));
    }
}
