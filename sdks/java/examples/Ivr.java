import static dev.ringdown.Ringdown.client;
import static dev.ringdown.Ringdown.flow;
import static dev.ringdown.Ringdown.tel;

import dev.ringdown.Client;
import dev.ringdown.FlowBuilder;
import dev.ringdown.v1.Call;
import dev.ringdown.v1.CreateFlowRequest;
import dev.ringdown.v1.CreateNumberRequest;
import dev.ringdown.v1.EndReason;
import dev.ringdown.v1.GetVariablesRequest;
import dev.ringdown.v1.ListNumbersRequest;
import dev.ringdown.v1.SimulateDigitsRequest;
import dev.ringdown.v1.SimulateIncomingCallRequest;
import dev.ringdown.v1.UpdateNumberRequest;
import dev.ringdown.v1.WatchActiveflowsRequest;
import java.util.Map;

/** Saves a telephone menu as a flow, assigns it to a number, calls that number and presses 2. */
class Ivr {
    private static final String NUMBER = "+15551239000";

    private Ivr() {}

    public static void main(String[] arguments) {
        try (Client client = client()) {
            FlowBuilder menu = menu();
            menu.validate(client).getProblemsList()
                    .forEach(it -> System.err.println(it.getField() + ": " + it.getDescription()));
            var create = CreateFlowRequest.newBuilder().setName("menu").addAllActions(menu.actions()).build();
            answer(client, client.flows().createFlow(create).getFlow().getId());
            call(client);
        }
    }

    private static FlowBuilder menu() {
        FlowBuilder sales = flow().talk("You are with sales.");
        FlowBuilder support = flow().talk("Support will call you back.").set("callback", "yes");
        return flow()
                .label("menu")
                .prompt("For sales press 1, for support press 2.")
                .digits(1)
                .branch(Map.of("1", sales, "2", support))
                .goTo("menu", 2)
                .talk("Goodbye.");
    }

    /** Assigns the flow to the number, which may exist from a previous run. */
    private static void answer(Client client, String flowId) {
        for (var it : client.numbers().listAllNumbers(ListNumbersRequest.getDefaultInstance())) {
            if (it.getNumber().equals(NUMBER)) {
                client.numbers().updateNumber(UpdateNumberRequest.newBuilder().setId(it.getId()).setCallFlowId(flowId).build());
                return;
            }
        }
        client.numbers().createNumber(CreateNumberRequest.newBuilder().setNumber(NUMBER).setCallFlowId(flowId).build());
    }

    private static void call(Client client) {
        var incoming = SimulateIncomingCallRequest.newBuilder().setSource(tel("+15550000001")).setDestination(tel(NUMBER));
        Call call = client.simulator().simulateIncomingCall(incoming.build()).getCall();
        var watch = WatchActiveflowsRequest.newBuilder().addIds(call.getActiveflowId()).setUntilEnded(true).build();
        boolean pressed = false;
        for (var it : client.activeflows().watchActiveflows(watch)) {
            if (it.getActiveflow().getCurrentAction().hasDigitsReceive() && !pressed) {
                pressed = true;
                client.simulator().simulateDigits(SimulateDigitsRequest.newBuilder().setCallId(call.getId()).setDigits("2").build());
            }
            if (it.getActiveflow().getEndReason() != EndReason.END_REASON_UNSPECIFIED) {
                System.out.println("the call ended: " + it.getActiveflow().getEndReason());
            }
        }
        var variables = client.activeflows().getVariables(GetVariablesRequest.newBuilder().setId(call.getActiveflowId()).build());
        System.out.println("call back: " + variables.getVariablesOrDefault("callback", "no"));
    }
}
