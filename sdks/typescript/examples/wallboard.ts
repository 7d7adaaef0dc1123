/** Shows the running activeflows live, until it is interrupted. */
import { ActiveflowStatus, Client, Code, ReferenceType, RingdownError, WatchType } from "@ringdown-voice/sdk";
import type { Activeflow } from "@ringdown-voice/sdk";

const client = new Client();
const interrupted = new AbortController();
process.once("SIGINT", () => {
  interrupted.abort();
});

const running = new Map<string, Activeflow>();

/** Replaces the previous board on a terminal; otherwise prints one board after the other. */
function draw(): void {
  if (process.stdout.isTTY) process.stdout.write("\x1b[2J\x1b[H");
  console.log(`${String(running.size)} running`);
  for (const it of running.values()) {
    const from = ReferenceType[it.referenceType].toLowerCase();
    console.log(`${it.id}  ${from.padEnd(4)}  ${it.currentAction?.option.case ?? ""}`);
  }
}

try {
  let shown = false;
  const watch = client.watchActiveflows({ includeSnapshot: true }, { signal: interrupted.signal, progress: true });
  for await (const { activeflow, type } of watch) {
    if (activeflow?.status === ActiveflowStatus.RUNNING && type !== WatchType.DELETED) {
      running.set(activeflow.id, activeflow);
    } else if (activeflow) {
      running.delete(activeflow.id);
    }
    // The first board is drawn when the snapshot is complete.
    const whole: boolean = !shown && type === WatchType.PROGRESS;
    shown ||= whole;
    if (whole || (shown && activeflow)) draw();
  }
} catch (error) {
  if (!(error instanceof RingdownError && error.code === Code.Canceled)) throw error;
}
client.close();
