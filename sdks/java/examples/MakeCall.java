import static dev.ringdown.Ringdown.client;
import static dev.ringdown.Ringdown.flow;
import static dev.ringdown.Ringdown.tel;

import dev.ringdown.Client;
import dev.ringdown.v1.Call;
import dev.ringdown.v1.CreateCallsRequest;
import dev.ringdown.v1.WatchActiveflowsRequest;
import dev.ringdown.v1.WatchActiveflowsResponse;

/** Makes a call and watches it: {@code java MakeCall.java [number]}. */
class MakeCall {
    private MakeCall() {}

    public static void main(String[] arguments) {
        String number = arguments.length > 0 ? arguments[0] : "+15550000006";
        try (Client client = client()) {
            var request = CreateCallsRequest.newBuilder().setSource(tel("+15551230000")).addDestinations(tel(number));
            request.addAllActions(
                    flow().talk("Hello. Press a key.").digits(1).talk("You pressed ${voipbin.call.digits}.").actions());
            Call call = client.calls().createCalls(request.build()).getCalls(0);

            var watch = WatchActiveflowsRequest.newBuilder().addIds(call.getActiveflowId()).setUntilEnded(true).build();
            for (WatchActiveflowsResponse it : client.activeflows().watchActiveflows(watch)) {
                if (it.hasEvent()) {
                    System.out.println(it.getEvent().getType() + " " + it.getEvent().getAction().getOptionCase());
                }
            }
        }
    }
}
