package dev.ringdown;

import static dev.ringdown.Ringdown.flow;
import static dev.ringdown.Ringdown.tel;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringdown.v1.*;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Flows that read well, played by the server's own simulation. */
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
        server = Server.start();
        client = server.client();
    }

    @AfterAll
    static void stop() throws IOException {
        client.close();
        server.close();
    }

    /** What is said when the far end presses these digits. */
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

    @Test
    void everyHelperMakesWhatTheServerTakes() {
        FlowBuilder end = flow().stop();
        FlowBuilder every = flow()
                .answer()
                .play(it -> it.addStreamUrls("https://example.com/welcome.wav"))
                .recordingStart(it -> it.setBeepStart(true))
                .ifDigits(it -> it.setLength(1), end)
                .ifStatus("progressing", end)
                .ifDatetime(it -> it.setCondition(">=").setHour(9).setTimezone("Europe/Berlin"), end)
                .set("name", "value")
                .branchOn("name", Map.of("value", end))
                .branchOn("name", Map.of("value", end), end)
                .connect(tel("+15550000001"))
                .digitsSend(it -> it.setDigits("12#"))
                .messageSend(it -> it.addDestinations(tel("+15550000001")).setText("Hello."))
                .webhookSend(it -> it.setUri("https://example.com/hook").setData("{}"))
                .beep()
                .block()
                .sleep(10)
                .hangup();
        ValidateFlowResponse told = every.validate(client);
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
    }
}
