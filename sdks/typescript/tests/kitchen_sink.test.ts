/** Every RPC of the contract, against the real server. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import {
  ActiveflowEventType,
  ActiveflowStatus,
  CallEventType,
  CallStatus,
  CalleeAnswer,
  EndReason,
  flow,
  listAll,
  MuteDirection,
  RecordingStatus,
  ReferenceType,
  tel,
  WebhookDeliveryStatus,
  WatchType,
} from "@ringdown-voice/sdk";
import type { Call, Client, ClientOptions } from "@ringdown-voice/sdk";
import { join } from "node:path";
import { all, first, ROOT, Server } from "./server.js";

const OURS = tel("+15551230000");
const LISTENER = tel("+15550000001");

/** Names of the RPCs that were called. */
const called = new Set<string>();

describe("every RPC", () => {
  let server: Server;
  let client: Client;
  let operator: Client;

  before(async () => {
    server = await Server.start("--sim-speed", "1000", "--outbound-allow", "127.0.0.1:*");
    const options: ClientOptions = {
      interceptors: [
        (next) => (request) => {
          called.add(`${request.service.typeName}/${request.method.name}`);
          return next(request);
        },
      ],
    };
    client = server.client(options);
    operator = server.operator(options);
  });

  after(async () => {
    client.close();
    operator.close();
    await server.remove();
    const missing = (await allRpcs()).filter((rpc) => !called.has(rpc));
    assert.deepEqual(missing, [], "no test calls these");
  });

  /** Makes a call that is answered and waits at a `block`. */
  async function liveCall(): Promise<Call> {
    const actions = flow.answer().block().actions();
    const { calls } = await client.calls.createCalls({ source: OURS, destinations: [LISTENER], actions });
    const [call] = calls;
    assert.ok(call);
    const watch = client.watchActiveflows({ ids: [call.activeflowId], includeSnapshot: true });
    await first(watch, (it) => it.activeflow?.currentAction?.option.case === "block");
    const got = await client.calls.getCall({ id: call.id });
    assert.equal(got.call?.status, CallStatus.PROGRESSING);
    return call;
  }

  test("flows", async () => {
    const actions = flow.talk("Hello.").actions();
    const { flow: created } = await client.flows.createFlow({ name: "hello", actions });
    assert.ok(created);
    const { id } = created;
    assert.equal((await client.flows.getFlow({ id })).flow?.name, "hello");
    const longer = flow.talk("Hello.").sleep(5).actions();
    const { flow: updated } = await client.flows.updateFlow({ id, name: "longer", actions: longer });
    assert.equal(updated?.revision, 2n);

    const revisions = await all(listAll(client.flows.listFlowRevisions, { id, pageSize: 1 }));
    assert.deepEqual(revisions.map((it) => it.revision), [2n, 1n]);
    const { actions: differences } = await client.flows.diffFlowRevisions({ id, fromRevision: 1n, toRevision: 2n });
    assert.notEqual(differences.length, 0);

    for (const name of ["a", "b"]) await client.flows.createFlow({ name, actions });
    const names = (await all(listAll(client.flows.listFlows, { pageSize: 2 }))).map((it) => it.name);
    assert.deepEqual(names, ["b", "a", "longer"]);

    const played = await client.flows.simulateFlow({ actions, script: ["answer"] });
    assert.equal(played.runs[0]?.endReason, EndReason.FINISHED);
    assert.equal((await flow.talk("Hello.").validate(client)).valid, true);
    const { problems } = await flow.goto("5a1e5000-0000-4000-8000-000000000001", 1).validate(client);
    assert.equal(problems[0]?.reason, "DANGLING_TARGET");
    assert.equal((await client.flows.deleteFlow({ id })).flow?.id, id);
  });

  test("activeflows", async () => {
    const actions = flow.block().set("done", "yes").actions();
    const { activeflow } = await client.activeflows.createActiveflow({ actions, variables: { colour: "red" } });
    assert.ok(activeflow);
    const { id } = activeflow;
    const watch = client.watchActiveflows({ ids: [id], includeSnapshot: true });
    const atBlock = await first(watch, (it) => it.activeflow?.currentAction?.option.case === "block");
    assert.equal(atBlock.activeflow?.status, ActiveflowStatus.RUNNING);

    assert.equal((await client.activeflows.setVariables({ id, variables: { size: "xl" } })).variables["size"], "xl");
    assert.equal((await client.activeflows.getVariables({ id })).variables["colour"], "red");
    await client.activeflows.pushActions({ id, actions: flow.set("pushed", "yes").actions() });
    await client.activeflows.continueActiveflow({ id, currentActionId: actions[0]!.id });
    await all(client.watchActiveflows({ ids: [id], untilEnded: true }));

    const { activeflow: ended } = await client.activeflows.getActiveflow({ id });
    assert.equal(ended?.endReason, EndReason.FINISHED);
    assert.deepEqual([ended.variables["done"], ended.variables["pushed"]], ["yes", "yes"]);
    const events = await all(listAll(client.activeflows.listActiveflowEvents, { id, pageSize: 3 }));
    assert.equal(events[0]?.type, ActiveflowEventType.ENDED);
    assert.equal(events.at(-1)?.type, ActiveflowEventType.CREATED);

    const { activeflow: second } = await client.activeflows.createActiveflow({ actions });
    assert.ok(second);
    const { activeflow: stopped } = await client.activeflows.stopActiveflow({ id: second.id });
    assert.equal(stopped?.endReason, EndReason.STOPPED);
    const listed = listAll(client.activeflows.listActiveflows, { referenceType: ReferenceType.API, pageSize: 1 });
    assert.deepEqual((await all(listed)).map((it) => it.id), [second.id, id]);
    assert.equal((await client.activeflows.deleteActiveflow({ id })).activeflow?.id, id);
  });

  test("calls", async () => {
    const watch = client.watchCalls();
    await watch.started;
    const { id } = await liveCall();
    assert.equal((await first(watch, () => true)).event?.type, CallEventType.CREATED);

    await client.calls.talkCall({ id, text: "One moment." });
    await client.calls.sendDigits({ id, digits: "12#" });
    await client.calls.holdCall({ id });
    await client.calls.unholdCall({ id });
    const { call: muted } = await client.calls.muteCall({ id, direction: MuteDirection.IN });
    assert.equal(muted?.muteDirection, MuteDirection.IN);
    await client.calls.unmuteCall({ id, direction: MuteDirection.IN });
    const { calls } = await client.calls.listCalls({ status: CallStatus.PROGRESSING });
    assert.deepEqual(calls.map((it) => it.id), [id]);
    await client.calls.hangupCall({ id });
    await assert.rejects(client.calls.getCallTrace({ id }), /CALL_TRACE_NOT_FOUND/);
    await assert.rejects(client.calls.getCallPcap({ id }), /CALL_TRACE_NOT_FOUND/);
    const told = await all(client.watchCalls({ ids: [id], untilEnded: true }));
    assert.equal(told.findLast((it) => it.call)?.call?.status, CallStatus.HANGUP);
    assert.equal((await client.calls.deleteCall({ id })).call?.id, id);
  });

  test("recordings", async () => {
    const { id: callId } = await liveCall();
    const { call } = await client.calls.startRecording({ id: callId });
    assert.ok(call);
    await client.calls.stopRecording({ id: callId });
    await client.calls.hangupCall({ id: callId });
    await all(client.watchCalls({ ids: [callId], untilEnded: true }));
    const id = call.recordingId;
    const { recording } = await client.recordings.getRecording({ id });
    assert.equal(recording?.status, RecordingStatus.ENDED);
    const { recordings } = await client.recordings.listRecordings({ callId });
    assert.deepEqual(recordings.map((it) => it.id), [id]);
    const chunks = await all(client.recordings.downloadRecording({ id }));
    const wav = Buffer.concat(chunks.map((it) => it.data));
    assert.equal(wav.subarray(0, 4).toString(), "RIFF");
    assert.equal(BigInt(wav.length), recording.size);
    assert.equal((await client.recordings.deleteRecording({ id })).recording?.id, id);
  });

  test("simulated phones", async () => {
    const target = "+15557770001";
    const { callee } = await client.simulator.setCallee({ target, answer: CalleeAnswer.BUSY });
    assert.equal(callee?.answer, CalleeAnswer.BUSY);
    const actions = flow.digits({ length: 2, duration: 60_000 }).block().actions();
    const incoming = { source: tel("+15557770002"), destination: OURS, actions };
    const { call } = await client.simulator.simulateIncomingCall(incoming);
    assert.ok(call);
    await client.simulator.simulateDigits({ callId: call.id, digits: "42" });
    const watch = client.watchActiveflows({ ids: [call.activeflowId], includeSnapshot: true });
    await first(watch, (it) => it.activeflow?.currentAction?.option.case === "block");
    const { variables } = await client.activeflows.getVariables({ id: call.activeflowId });
    assert.equal(variables["voipbin.call.digits"], "42");
    await client.simulator.simulateHangup({ callId: call.id });
    const told = await all(client.watchActiveflows({ ids: [call.activeflowId], untilEnded: true }));
    assert.equal(told.findLast((it) => it.activeflow)?.activeflow?.endReason, EndReason.HANGUP);
  });

  test("numbers and messages", async () => {
    const { flow: created } = await client.flows.createFlow({ name: "sms", actions: flow.sleep(1).actions() });
    assert.ok(created);
    const number = "+15551234567";
    const { number: made } = await client.numbers.createNumber({ number, messageFlowId: created.id });
    assert.ok(made);
    const { id } = made;
    assert.equal((await client.numbers.getNumber({ id })).number?.number, number);
    const renamed = await client.numbers.updateNumber({ id, name: "desk", messageFlowId: created.id });
    assert.equal(renamed.number?.name, "desk");
    assert.deepEqual((await client.numbers.listNumbers({})).numbers.map((it) => it.id), [id]);

    const received = await client.messages.receiveMessage({ source: LISTENER, destination: tel(number), text: "Hi" });
    assert.notEqual(received.message?.activeflowId, "");
    const sent = await client.messages.sendMessage({ source: tel(number), destinations: [LISTENER], text: "Hello" });
    const [message] = sent.messages;
    assert.ok(message);
    assert.equal((await client.messages.getMessage({ id: message.id })).message?.text, "Hello");
    assert.equal((await client.messages.listMessages({})).messages.length, 2);
    assert.equal((await client.messages.deleteMessage({ id: message.id })).message?.id, message.id);
    assert.equal((await client.numbers.deleteNumber({ id })).number?.id, id);
  });

  test("customer, keys and webhooks", async () => {
    const receiver = createServer((request, response) => request.resume().on("end", () => response.end()));
    receiver.listen(0, "127.0.0.1");
    await once(receiver, "listening");
    const webhookUri = `http://127.0.0.1:${String((receiver.address() as AddressInfo).port)}/hook`;
    const { customer } = await client.customers.updateCustomer({ name: "Example", webhookUri });
    assert.equal(customer?.webhookUri, webhookUri);
    assert.equal((await client.customers.getCustomer({})).customer?.name, "Example");

    const delivered = once(receiver, "request");
    const { activeflow } = await client.activeflows.createActiveflow({ actions: flow.sleep(1).actions() });
    assert.ok(activeflow);
    await delivered;
    const deliveries = listAll(client.webhooks.listWebhookDeliveries, { activeflowId: activeflow.id, pageSize: 1 });
    const delivery = await first(deliveries, () => true);
    assert.equal((await client.webhooks.getWebhookDelivery({ id: delivery.id })).delivery?.uri, webhookUri);
    const again = once(receiver, "request");
    const { delivery: redelivered } = await client.webhooks.redeliverWebhook({ id: delivery.id });
    assert.notEqual(redelivered?.status, WebhookDeliveryStatus.DEAD);
    await again;
    await client.customers.updateCustomer({ name: "Example" });
    receiver.close();

    const { accessKey } = await client.accessKeys.createAccessKey({ name: "second" });
    assert.match(accessKey?.key ?? "", /^rd_/);
    const id = accessKey!.id;
    assert.equal((await client.accessKeys.getAccessKey({ id })).accessKey?.key, "");
    assert.equal((await client.accessKeys.updateAccessKey({ id, name: "third" })).accessKey?.name, "third");
    assert.equal((await all(listAll(client.accessKeys.listAccessKeys, { pageSize: 1 }))).length, 2);
    assert.equal((await client.accessKeys.deleteAccessKey({ id })).accessKey?.id, id);
  });

  test("operators", async () => {
    const { customer, accessKey } = await operator.customers.createCustomer({ name: "another" });
    assert.match(accessKey?.key ?? "", /^rd_/);
    const id = customer!.id;
    const listed = await all(listAll(operator.customers.listCustomers, { pageSize: 1 }));
    assert.ok(listed.some((it) => it.id === id));
    const limited = await operator.customers.updateCustomerLimits({ id, calls: 7n });
    assert.equal(limited.customer?.limits?.calls, 7n);
    assert.equal((await operator.customers.getCustomerUse({ id })).usage?.calls, 0n);
    await operator.customers.suspendCustomer({ id });
    await operator.customers.resumeCustomer({ id });
    await operator.customers.suspendCustomer({ id });
    assert.equal((await operator.customers.deleteCustomer({ id })).customer?.id, id);
    await assert.rejects(client.customers.createCustomer({ name: "mine" }), /role/i);
  });

  test("providers and routes", async () => {
    const { provider } = await operator.providers.createProvider({ hostname: "sip.carrier.example", name: "carrier" });
    assert.equal(provider?.sip?.port, 5060);
    const providerId = provider.id;
    assert.equal((await operator.providers.getProvider({ id: providerId })).provider?.name, "carrier");
    const listed = await all(listAll(operator.providers.listProviders, { pageSize: 1 }));
    assert.deepEqual(listed.map((it) => it.id), [providerId]);
    const renamed = { id: providerId, name: "another", updateMask: { paths: ["name"] } };
    assert.equal((await operator.providers.updateProvider(renamed)).provider?.hostname, "sip.carrier.example");

    const { route } = await operator.routes.createRoute({ providerId, target: "+82", priority: 1 });
    assert.ok(route);
    const { id } = route;
    assert.equal((await operator.routes.getRoute({ id })).route?.target, "+82");
    assert.deepEqual((await all(listAll(operator.routes.listRoutes, { pageSize: 1 }))).map((it) => it.id), [id]);
    await operator.routes.updateRoute({ id, priority: 2, updateMask: { paths: ["priority"] } });
    const { dialRoutes } = await operator.routes.listDialRoutes({ destination: "+821012345678" });
    assert.deepEqual(dialRoutes.map((it) => [it.route?.priority, it.providerName]), [[2, "another"]]);
    assert.equal((await operator.routes.deleteRoute({ id })).route?.id, id);
    assert.equal((await operator.providers.deleteProvider({ id: providerId })).provider?.id, providerId);
    await assert.rejects(client.providers.listProviders({}), /role/i);
  });

  test("action types", async () => {
    const { actionTypes } = await client.actions.listActionTypes({});
    assert.ok(actionTypes.some((it) => it.name === "talk"));
  });

  test("a snapshot ends with progress", async () => {
    const watch = client.watchActiveflows({ includeSnapshot: true }, { progress: true });
    const told = await first(watch, (it) => it.type !== WatchType.SNAPSHOT);
    assert.equal(told.type, WatchType.PROGRESS);
  });
});

/** The RPCs that the files of the contract declare. */
async function allRpcs(): Promise<string[]> {
  const directory = join(ROOT, "../../proto/ringdown/v1");
  const rpcs: string[] = [];
  for (const file of (await readdir(directory)).filter((it) => it.endsWith("_service.proto"))) {
    const text = await readFile(join(directory, file), "utf8");
    const service = /^service (\w+)/m.exec(text)?.[1] ?? "";
    for (const [, name] of text.matchAll(/^ {2}rpc (\w+)/gm)) rpcs.push(`ringdown.v1.${service}/${name ?? ""}`);
  }
  return rpcs.sort();
}
