package dev.ringdown;

import static dev.ringdown.Ringdown.email;
import static dev.ringdown.Ringdown.flow;
import static dev.ringdown.Ringdown.tel;
import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringdown.v1.*;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The flow builder, checked with the simulation of the server. */
class FlowBuilderTest {
    private static Server server;
    private static Client client;

    private final FlowBuilder sales = flow().talk("Sales.");
    private final FlowBuilder support = flow().talk("Support.").talk("Please wait.");
    private final FlowBuilder menu = flow()
            .label("menu")
            .prompt("Press 1 or 2.")
            .digits(1)
            .branch(Map.of("1", sales, "2", support))
            .goTo("menu", 1)
            .talk("Goodbye.");

    @BeforeAll
    static void start() throws IOException {
        // With a mail server, so that email_send is available.
        server = Server.start("--smtp-url", "smtp://127.0.0.1:9?tls=none", "--mail-from", "us@example.com");
        client = server.client();
    }

    @AfterAll
    static void stop() throws IOException {
        client.close();
        server.close();
    }

    /** The texts that are spoken when the remote party presses these digits. */
    private static List<String> said(FlowBuilder flow, String... digits) {
        var request = SimulateFlowRequest.newBuilder().addAllActions(flow.actions()).addScript("answer");
        Stream.of(digits).forEach(it -> request.addScript("digits \"" + it + "\""));
        return client.flows().simulateFlow(request.build()).getStepsList().stream()
                .filter(it -> it.getAction().hasTalk())
                .map(it -> it.getAction().getTalk().getText())
                .toList();
    }

    @Test
    void aBranchLeadsToTheFlowOfTheKeyAndEndsThere() {
        assertEquals(List.of("Press 1 or 2.", "Sales."), said(menu, "1"));
        assertEquals(List.of("Press 1 or 2.", "Support.", "Please wait."), said(menu, "2"));
    }

    @Test
    void otherKeysFallThroughToALabelThenToTheEnd() {
        assertEquals(List.of("Press 1 or 2.", "Press 1 or 2.", "Support.", "Please wait."), said(menu, "9", "2"));
        assertEquals(List.of("Press 1 or 2.", "Press 1 or 2.", "Goodbye."), said(menu, "9", "9"));
    }

    @Test
    void beginningsCanBeShared() {
        FlowBuilder greeting = flow().talk("Welcome.");
        FlowBuilder vip = greeting.talk("Dear friend.");
        FlowBuilder both = greeting.digits(1).branch(Map.of("7", vip), sales);
        assertEquals(List.of("Welcome.", "Welcome.", "Dear friend."), said(both, "7"));
        assertEquals(List.of("Welcome.", "Sales."), said(both, "8"));
        assertEquals(both.actions(), both.actions());
    }

    @Test
    void aConditionJumpsWhenItDoesNotHold() {
        for (String age : List.of("18", "17")) {
            FlowBuilder flow = flow().set("age", age)
                    .ifVariable(it -> it.setVariable("${age}").setCondition(">=").setValueType("number").setValueNumber(18), flow().talk("No."))
                    .talk("Welcome.");
            assertEquals(List.of(age.equals("18") ? "Welcome." : "No."), said(flow));
        }
    }

    /** For each type of action that the server runs, a flow with only that action. */
    private static Map<String, FlowBuilder> every(String savedFlow) {
        FlowBuilder end = flow().stop();
        Address there = tel("+15550000001");
        String id = "5a1e5000-0000-4000-8000-000000000001";
        return Map.ofEntries(
                entry("amd", flow().amd(it -> it.setMachineHandle("hangup"))),
                entry("answer", flow().answer()),
                entry("beep", flow().beep()),
                entry("block", flow().block()),
                entry("branch", flow().branchOn("name", Map.of("value", end), end)),
                entry("call", flow().call(it -> it.addDestinations(there).addAllActions(end.actions()))),
                entry("condition_call_digits", flow().ifDigits(it -> it.setLength(1), end)),
                entry("condition_call_status", flow().ifStatus("progressing", end)),
                entry("condition_datetime", flow().ifDatetime(it -> it.setCondition(">=").setHour(9), end)),
                entry("condition_variable", flow().ifVariable(
                        it -> it.setVariable("${name}").setCondition("==").setValueType("string").setValueString("x"), end)),
                entry("confbridge_join", flow().confbridgeJoin(it -> it.setConfbridgeId(id))),
                entry("conference_join", flow().conferenceJoin(it -> it.setConferenceId(id))),
                entry("connect", flow().connect(there)),
                entry("digits_receive", flow().digits(1)),
                entry("digits_send", flow().digitsSend(it -> it.setDigits("12#"))),
                entry("echo", flow().echo(it -> it.setDuration(1_000))),
                entry("email_send", flow().emailSend(
                        it -> it.addDestinations(email("somebody@example.com")).setSubject("A call").setContent("Hello."))),
                entry("fetch", flow().fetch(it -> it.setEventUrl("https://example.com/next"))),
                entry("fetch_flow", flow().fetchFlow(it -> it.setFlowId(savedFlow))),
                entry("goto", flow().goTo(end, 1)),
                entry("hangup", flow().hangup()),
                entry("hold", flow().hold()),
                entry("message_send", flow().messageSend(it -> it.addDestinations(there).setText("Hello."))),
                entry("mute", flow().mute(it -> it.setDirection("in"))),
                entry("play", flow().play("https://example.com/welcome.wav")),
                entry("recording_start", flow().recordingStart(it -> it.setBeepStart(true))),
                entry("recording_stop", flow().recordingStop()),
                entry("sleep", flow().sleep(10)),
                entry("stop", flow().stop()),
                entry("stream_echo", flow().streamEcho(it -> it.setDuration(1_000))),
                entry("talk", flow().talk("Hello.")),
                entry("unhold", flow().unhold()),
                entry("unmute", flow().unmute(it -> it.setDirection("in"))),
                entry("variable_set", flow().set("name", "value")),
                entry("webhook_send", flow().webhookSend(it -> it.setUri("https://example.com/hook"))));
    }

    @Test
    void thereIsAHelperForEveryActionThatTheServerRuns() {
        var saved = CreateFlowRequest.newBuilder().addAllActions(sales.actions()).build();
        Map<String, FlowBuilder> every = every(client.flows().createFlow(saved).getFlow().getId());
        var runs = client.actions().listActionTypes(ListActionTypesRequest.getDefaultInstance()).getActionTypesList().stream()
                .filter(ActionType::getAvailable)
                .map(ActionType::getName)
                .collect(Collectors.toSet());
        assertEquals(runs, every.keySet());
        // A shared target is written only once.
        Map<String, Action> all = new LinkedHashMap<>();
        every.forEach((name, one) -> {
            assertEquals(name, one.actions().get(0).getOptionCase().name().toLowerCase(Locale.ROOT));
            one.actions().forEach(action -> all.put(action.getId(), action));
        });
        var told = client.flows().validateFlow(ValidateFlowRequest.newBuilder().addAllActions(all.values()).build());
        assertEquals(List.of(), told.getProblemsList());
        assertTrue(told.getValid());
    }

    @Test
    void mistakesAreToldBeforeTheServerIsAsked() {
        FlowBuilder lost = flow().goTo("nowhere", 1);
        assertEquals("no action has the label nowhere", assertThrows(IllegalStateException.class, lost::actions).getMessage());
        FlowBuilder loose = flow().talk("x").label("end");
        assertEquals("no action comes after the label end", assertThrows(IllegalStateException.class, loose::actions).getMessage());
        FlowBuilder nothing = flow().branch(Map.of("1", flow()));
        assertThrows(IllegalStateException.class, nothing::actions);
        assertThrows(IllegalArgumentException.class, () -> flow().goTo(7, 1));
        assertThrows(IllegalArgumentException.class, () -> flow().label("a").talk("x").label("a"));
        assertThrows(IllegalArgumentException.class, () -> flow().label("a").label("b"));
    }
}
