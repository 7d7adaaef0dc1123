/** The functions that run in the browser; the test calls them by name. */
import { ActiveflowEventType, Client, flow, listAll, RingdownError, tel, WatchType } from "@ringdown-voice/sdk";
import type { Watch, WatchActiveflowsRequest, WatchActiveflowsResponse } from "@ringdown-voice/sdk";

/** Makes a call, watches it until it ends, and returns its events. */
async function call(address: string, key: string): Promise<string[]> {
  const client = new Client(address, key);
  const sales = flow.talk("You are with sales.");
  const { calls } = await client.calls.createCalls({
    source: tel("+15551230000"),
    destinations: [tel("+15550000006")],
    actions: flow.talk("Press 1.").digits({ length: 1 }).branch({ "1": sales }).actions(),
  });
  const id = calls[0]!.activeflowId;
  for await (const it of client.watchActiveflows({ ids: [id], untilEnded: true })) console.log(it.type);
  return events(client, id);
}

/** Returns the events that the server has stored, oldest first. */
async function events(client: Client, id: string): Promise<string[]> {
  const told: string[] = [];
  for await (const it of listAll(client.activeflows.listActiveflowEvents, { id, pageSize: 2 })) {
    told.unshift(ActiveflowEventType[it.type]);
  }
  return told;
}

/** Requests a resource that does not exist, and returns the error. */
async function refused(address: string, key: string): Promise<Pick<RingdownError, "code" | "reason" | "requestId">> {
  const client = new Client(address, key);
  try {
    await client.calls.getCall({ id: "5a1e5000-0000-4000-8000-000000000001" });
  } catch (error) {
    if (error instanceof RingdownError) return { code: error.code, reason: error.reason, requestId: error.requestId };
    throw error;
  }
  throw new Error("it was not refused");
}

let watch: Watch<WatchActiveflowsRequest, WatchActiveflowsResponse>;

/** Starts a watch. `told` returns its events. */
async function begin(address: string, key: string): Promise<void> {
  watch = new Client(address, key).watchActiveflows();
  await watch.started;
}

/** Returns the ids of the delivered events, up to the end of an activeflow. */
async function told(): Promise<string[]> {
  const ids: string[] = [];
  for await (const { event } of watch) {
    if (event) ids.push(event.id);
    if (event?.type === ActiveflowEventType.ENDED) break;
  }
  return ids;
}

/** Closes a client while its watch waits, and returns the error of the watch. */
async function closed(address: string, key: string): Promise<string> {
  const client = new Client(address, key);
  try {
    for await (const { type } of client.watchCalls({ includeSnapshot: true }, { progress: true })) {
      if (type === WatchType.PROGRESS) setTimeout(() => { client.close(); });
    }
  } catch (error) {
    return String(error);
  }
  return "it ended";
}

Object.assign(globalThis, { page: { call, refused, begin, told, closed } });
