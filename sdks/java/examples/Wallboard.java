import static dev.ringdown.Ringdown.client;

import dev.ringdown.Client;
import dev.ringdown.v1.Activeflow;
import dev.ringdown.v1.ActiveflowStatus;
import dev.ringdown.v1.WatchActiveflowsRequest;
import dev.ringdown.v1.WatchType;
import java.util.LinkedHashMap;
import java.util.Map;

/** Shows the running activeflows live, until it is interrupted. */
class Wallboard {
    private final Map<String, Activeflow> running = new LinkedHashMap<>();

    private Wallboard() {}

    public static void main(String[] arguments) {
        var request = WatchActiveflowsRequest.newBuilder().setIncludeSnapshot(true).build();
        try (Client client = client();
                var watch = client.activeflows().watchActiveflows(request).withProgress()) {
            Wallboard board = new Wallboard();
            boolean shown = false;
            for (var it : watch) {
                if (it.hasActiveflow()) {
                    board.take(it.getActiveflow(), it.getType());
                }
                // The first board is drawn when the snapshot is complete.
                boolean whole = !shown && it.getType() == WatchType.WATCH_TYPE_PROGRESS;
                shown |= whole;
                if (whole || (shown && it.hasActiveflow())) {
                    board.draw();
                }
            }
        }
    }

    private void take(Activeflow activeflow, WatchType type) {
        if (activeflow.getStatus() == ActiveflowStatus.ACTIVEFLOW_STATUS_RUNNING && type != WatchType.WATCH_TYPE_DELETED) {
            running.put(activeflow.getId(), activeflow);
        } else {
            running.remove(activeflow.getId());
        }
    }

    /** Replaces the previous board on a terminal; otherwise prints one board after the other. */
    private void draw() {
        if (System.console() != null) {
            System.out.print("\033[2J\033[H");
        }
        System.out.println(running.size() + " running");
        running.values().forEach(it -> System.out.printf(
                "%s  %-4s  %s%n",
                it.getId(),
                it.getReferenceType().name().replace("REFERENCE_TYPE_", "").toLowerCase(),
                it.getCurrentAction().getOptionCase().name().toLowerCase()));
    }
}
