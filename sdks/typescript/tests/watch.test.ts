/** Watches deliver events without gaps or duplicates, whatever happens to the connection and the server. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ActiveflowEventType, Code, flow, listAll, RingdownError, WatchType } from "@ringdown-voice/sdk";
import type { Client, WatchActiveflowsResponse } from "@ringdown-voice/sdk";
import { Proxy } from "./proxy.js";
import { all, Server } from "./server.js";

const ROUNDS = 4;

/** A flow that waits at a block again and again. */
const patient = Array.from({ length: ROUNDS }).reduce<typeof flow>((made) => made.block().set("round", "done"), flow);

let server: Server;
let client: Client;

before(async () => {
  server = await Server.start("--sim-speed", "1000");
  client = server.client();
});

after(async () => {
  client.close();
  await server.remove();
});

async function start(): Promise<string> {
  const { activeflow } = await client.activeflows.createActiveflow({ actions: patient.actions() });
  assert.ok(activeflow);
  return activeflow.id;
}

/** Continues the activeflow at each block that the watch delivers, after disturbing the connection. */
async function follow(
  watch: AsyncIterable<WatchActiveflowsResponse>,
  id: string,
  meanwhile: () => Promise<void> | void,
): Promise<string[]> {
  const events: string[] = [];
  for await (const { activeflow, event } of watch) {
    if (activeflow?.id !== id || event === undefined) continue;
    events.push(event.id);
    if (event.type === ActiveflowEventType.ENDED) return events;
    if (event.type !== ActiveflowEventType.BLOCKED) continue;
    await meanwhile();
    await client.activeflows.continueActiveflow({ id, currentActionId: activeflow.currentAction!.id });
  }
  return events;
}

/** Returns the events that the server has stored, oldest first. */
async function history(id: string): Promise<string[]> {
  const events = await all(listAll(client.activeflows.listActiveflowEvents, { id }));
  return events.map((it) => it.id).reverse();
}

test("a restart of the server is invisible", async () => {
  const watch = client.watchActiveflows();
  await watch.started;
  const id = await start();
  const told = await follow(watch, id, async () => {
    await server.kill();
    await server.restart();
  });
  assert.deepEqual(told, await history(id));
});

test("so is a connection that breaks, before the first response too", async () => {
  const proxy = await Proxy.before(server.url);
  const through = server.client({}, proxy.url);
  const watch = through.watchActiveflows();
  await watch.started;
  proxy.cut(1);
  const id = await start();
  const told = await follow(watch, id, () => {
    proxy.cut(1);
  });
  assert.deepEqual(told, await history(id));
  assert.ok(proxy.connections >= 2 * ROUNDS);
  through.close();
  proxy.close();
});

test("a snapshot that breaks off is not told twice", async () => {
  const ids = [await start(), await start(), await start()];
  const proxy = await Proxy.before(server.url);
  const through = server.client({}, proxy.url);
  const shown: string[] = [];
  for await (const it of through.watchActiveflows({ ids, includeSnapshot: true }, { progress: true })) {
    if (it.type === WatchType.PROGRESS) break;
    shown.push(it.activeflow!.id);
    if (shown.length === 1) proxy.cut(1);
  }
  assert.deepEqual(shown.sort(), ids.sort());
  through.close();
  proxy.close();
});

test("a watch until the end ends, across a restart", async () => {
  const ids = [await start(), await start(), await start()];
  const ended: string[] = [];
  let restarted = false;
  for await (const { type, event } of client.watchActiveflows({ ids, untilEnded: true })) {
    if (!restarted) {
      assert.equal(type, WatchType.SNAPSHOT);
      await server.kill();
      await server.restart();
      for (const id of ids) await client.activeflows.stopActiveflow({ id });
      restarted = true;
    }
    if (event?.type === ActiveflowEventType.ENDED) ended.push(event.activeflowId);
  }
  // Each end is delivered as an event exactly once, no matter how much of the snapshot was delivered before the restart.
  assert.deepEqual(ended.sort(), ids.sort());
});

test("a token leads to exactly the rest", async () => {
  const watch = client.watchActiveflows();
  await watch.started;
  const id = await start();
  let token = "";
  for await (const it of watch) {
    token = it.resumeToken;
    break;
  }
  assert.equal(watch.resumeToken, token);
  const told = await follow(client.watchActiveflows({ resumeToken: token }), id, () => undefined);
  assert.deepEqual(told, (await history(id)).slice(1));
});

test("what cannot be watched is told at once", async () => {
  const garbled = all(client.watchCalls({ resumeToken: "garbled" }));
  await assert.rejects(garbled, (error: RingdownError) => error.reason === "INVALID_RESUME_TOKEN");
});

test("a server that stays away ends the watch when its patience is over", async () => {
  const other = await Server.start();
  const from = other.client();
  const watch = from.watchActiveflows({ includeSnapshot: true }, { patienceMs: 300, progress: true });
  const over = (async () => {
    for await (const it of watch) if (it.type === WatchType.PROGRESS) await other.kill();
  })();
  await assert.rejects(over, (error: RingdownError) => error.code === Code.Unavailable);
  from.close();
  await other.remove();
});

test("leaving a watch frees its stream", async () => {
  const narrow = await Server.start("--max-watchers-per-customer", "1");
  const from = narrow.client();
  await from.activeflows.createActiveflow({ actions: flow.block().actions() });
  for (let round = 0; round < 3; round++) {
    const patience = performance.now() + 30_000;
    for (let told: WatchType | undefined; told === undefined; ) {
      try {
        for await (const { type } of from.watchActiveflows({ includeSnapshot: true })) {
          told = type;
          break;
        }
      } catch (error) {
        // The server has not yet noticed that the previous watch was abandoned.
        const full = error instanceof RingdownError && error.reason === "TOO_MANY_WATCHERS";
        if (!full || performance.now() > patience) throw error;
      }
    }
  }
  from.close();
  await narrow.remove();
});

test("progress is told to those who ask for it", async () => {
  const id = await start();
  const types: WatchType[] = [];
  for await (const { type } of client.watchActiveflows({ ids: [id], includeSnapshot: true })) {
    types.push(type);
    if (types.length === 2) break;
    await client.activeflows.stopActiveflow({ id });
  }
  assert.deepEqual(types, [WatchType.SNAPSHOT, WatchType.UPDATED]);
});

test("closing the client ends what waits", async () => {
  const closed = (error: RingdownError) => error.code === Code.Canceled && error.message.includes("the client is closed");
  const from = server.client();
  const watching = (async () => {
    for await (const { type } of from.watchCalls({ includeSnapshot: true }, { progress: true })) {
      if (type === WatchType.PROGRESS) from.close();
    }
  })();
  await assert.rejects(watching, closed);
  await assert.rejects(from.customers.getCustomer({}), closed);
  await assert.rejects(all(from.watchCalls()), closed);
});
