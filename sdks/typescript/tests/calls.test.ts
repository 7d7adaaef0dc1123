/** Errors, deadlines and retries of RPCs. */
import assert from "node:assert/strict";
import { createServer as createHttp2Server } from "node:http2";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { ConnectError } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { Client, Code, flow, FlowService, listAll, RingdownError, tel } from "@ringdown-voice/sdk";
import { RetryInfoSchema } from "../src/gen/google/rpc/error_details_pb.js";
import { Proxy } from "./proxy.js";
import { all, Server } from "./server.js";

let server: Server;

before(async () => {
  server = await Server.start("--sim-speed", "1000");
});

after(async () => {
  await server.remove();
});

async function refused(call: Promise<unknown>): Promise<RingdownError> {
  const error = await call.then(
    () => assert.fail("it was not refused"),
    (error: unknown) => error,
  );
  assert.ok(error instanceof RingdownError, String(error));
  return error;
}

test("an error says what, why, where and which request", async () => {
  const client = server.client();
  const unknown = await refused(client.calls.getCall({ id: "5a1e5000-0000-4000-8000-000000000001" }));
  assert.equal(unknown.code, Code.NotFound);
  assert.equal(unknown.reason, "CALL_NOT_FOUND");
  assert.match(unknown.requestId, /./);
  assert.match(unknown.message, /^CALL_NOT_FOUND: /);

  const bad = await refused(client.flows.createFlow({ actions: flow.talk("").talk("").actions() }));
  assert.equal(bad.code, Code.InvalidArgument);
  const fields = ["actions[0].option.text", "actions[1].option.text"];
  assert.deepEqual(bad.fieldViolations.map((it) => it.field), fields);
  for (const field of fields) assert.equal(bad.message.split(field).length, 2);

  const stranger = new Client(server.url, "rd_nobody");
  assert.equal((await refused(stranger.customers.getCustomer({}))).reason, "INVALID_CREDENTIALS");
  const watch = all(stranger.watchCalls({ includeSnapshot: true }));
  assert.equal((await refused(watch)).reason, "INVALID_CREDENTIALS");
  client.close();
  stranger.close();
});

test("the address and the key come from the environment", async () => {
  process.env["RINGDOWN_ADDRESS"] = server.url;
  process.env["RINGDOWN_KEY"] = server.key;
  const client = new Client();
  assert.ok((await client.customers.getCustomer({})).customer);
  client.close();
});

test("an address and a key that are none are told", () => {
  for (const address of ["localhost:8080", "ftp://localhost", "nowhere", ""]) {
    assert.throws(() => new Client(address, "rd_key"), /^TypeError: address: expected http:/);
  }
  assert.throws(() => new Client(server.url, "rd_key\n"), /^TypeError: key: expected visible ASCII/);
});

test("a call that gets no answer ends at its deadline", async () => {
  const silent = createServer().listen(0, "127.0.0.1");
  await once(silent, "listening");
  const client = server.client({ timeoutMs: 50 }, `http://127.0.0.1:${String((silent.address() as AddressInfo).port)}`);
  assert.equal((await refused(client.customers.getCustomer({}))).code, Code.DeadlineExceeded);
  assert.equal((await refused(client.customers.getCustomer({}, { timeoutMs: 20 }))).code, Code.DeadlineExceeded);
  client.close();
  silent.close();
});

test("a server that stays away is told after some tries", async () => {
  const gone = createServer().listen(0, "127.0.0.1");
  await once(gone, "listening");
  const address = `http://127.0.0.1:${String((gone.address() as AddressInfo).port)}`;
  gone.close();
  await once(gone, "close");
  const client = server.client({ timeoutMs: 500 }, address);
  const error = await refused(client.customers.getCustomer({}));
  assert.ok([Code.Unavailable, Code.DeadlineExceeded].includes(error.code), error.message);
  client.close();
});

test("a server may say when to try again", async () => {
  const keys: string[] = [];
  const busy = createHttp2Server(
    connectNodeAdapter({
      routes: (router) =>
        router.rpc(FlowService.method.createFlow, (request) => {
          keys.push(request.idempotencyKey);
          if (keys.length > 1) return {};
          const retry = { desc: RetryInfoSchema, value: { retryDelay: durationFromMs(400) } };
          throw new ConnectError("busy", Code.Unavailable, undefined, [retry]);
        }),
    }),
  );
  busy.listen(0, "127.0.0.1");
  await once(busy, "listening");
  const client = server.client({}, `http://127.0.0.1:${String((busy.address() as AddressInfo).port)}`);
  const began = performance.now();
  await client.flows.createFlow({});
  assert.ok(performance.now() - began >= 400);
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
  assert.match(keys[0]!, /^[0-9a-f-]{36}$/);
  client.close();
  busy.close();
});

test("the caller can give up", async () => {
  const client = server.client();
  const signal = AbortSignal.abort();
  assert.equal((await refused(client.customers.getCustomer({}, { signal }))).code, Code.Canceled);
  const watch = client.watchCalls({}, { signal });
  assert.equal((await refused(all(watch))).code, Code.Canceled);
  client.close();
});

test("the caller can give up while it waits", async () => {
  const silent = createServer().listen(0, "127.0.0.1");
  await once(silent, "listening");
  const address = `http://127.0.0.1:${String((silent.address() as AddressInfo).port)}`;
  const client = server.client({ timeoutMs: 0 }, address);
  for (const ask of [
    (signal: AbortSignal) => client.customers.getCustomer({}, { signal }),
    (signal: AbortSignal) => all(client.watchCalls({ includeSnapshot: true }, { signal })),
  ]) {
    const controller = new AbortController();
    const given = refused(ask(controller.signal));
    setImmediate(() => {
      controller.abort();
    });
    assert.equal((await given).code, Code.Canceled);
  }
  client.close();
  silent.close();
});

test("a read is tried again when the connection breaks", async () => {
  const proxy = await Proxy.before(server.url);
  const client = server.client({}, proxy.url);
  proxy.cut(2);
  assert.ok((await client.customers.getCustomer({})).customer);
  proxy.swallowAnswers(1);
  assert.ok((await client.customers.getCustomer({})).customer);
  assert.equal(proxy.connections, 4);
  client.close();
  proxy.close();
});

test("a create whose answer was lost is done once", async () => {
  const proxy = await Proxy.before(server.url);
  const client = server.client({}, proxy.url);
  await client.customers.getCustomer({});
  proxy.swallowAnswers(2);
  const request = { source: tel("+15551230000"), destinations: [tel("+15550000001")], actions: flow.stop().actions() };
  const { calls } = await client.calls.createCalls(request);
  assert.equal(proxy.connections, 3);
  const ids = (await all(listAll(client.calls.listCalls, {}))).map((it) => it.id);
  assert.deepEqual(ids, calls.map((it) => it.id));
  client.close();
  proxy.close();
});

test("what is not safe to repeat is not repeated", async () => {
  const proxy = await Proxy.before(server.url);
  const client = server.client({}, proxy.url);
  await client.customers.getCustomer({});
  proxy.swallowAnswers(1);
  await refused(client.customers.updateCustomer({ name: "Example" }));
  assert.equal(proxy.connections, 1);
  assert.equal((await client.customers.getCustomer({})).customer?.name, "Example");
  client.close();
  proxy.close();
});

test("an idempotency key of one's own is kept", async () => {
  const client = server.client();
  const request = { name: "once", actions: flow.sleep(1).actions(), idempotencyKey: "mine" };
  const [one, two] = [await client.flows.createFlow(request), await client.flows.createFlow(request)];
  assert.equal(one.flow?.id, two.flow?.id);
  const other = await refused(client.flows.createFlow({ ...request, name: "other" }));
  assert.equal(other.reason, "IDEMPOTENCY_KEY_REUSED");
  client.close();
});
