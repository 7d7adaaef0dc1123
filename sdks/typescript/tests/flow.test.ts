/** The flow builder, checked with the simulation of the server. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { email, flow, RingdownError, tel } from "@ringdown-voice/sdk";
import type { Client, FlowBuilder } from "@ringdown-voice/sdk";
import { Server } from "./server.js";

let server: Server;
let client: Client;

before(async () => {
  // With a mail server, so that email_send is available.
  server = await Server.start("--smtp-url", "smtp://127.0.0.1:9?tls=none", "--mail-from", "us@example.com");
  client = server.client();
});

after(async () => {
  client.close();
  await server.remove();
});

/** The texts that are spoken when the remote party presses these digits. */
async function said(flow: FlowBuilder, ...digits: string[]): Promise<string[]> {
  const script = ["answer", ...digits.map((digit) => `digits "${digit}"`)];
  const { steps } = await client.flows.simulateFlow({ actions: flow.actions(), script });
  return steps.flatMap(({ action }) => (action?.option.case === "talk" ? [action.option.value.text ?? ""] : []));
}

const sales = flow.talk("Sales.");
const support = flow.talk("Support.").talk("Please wait.");
const menu = flow
  .label("menu")
  .talk("Press 1 or 2.", { digitsHandle: "next" })
  .digits({ length: 1 })
  .branch({ "1": sales, "2": support })
  .goto("menu", 1)
  .talk("Goodbye.");

test("a branch leads to the flow of the key, and ends there", async () => {
  assert.deepEqual(await said(menu, "1"), ["Press 1 or 2.", "Sales."]);
  assert.deepEqual(await said(menu, "2"), ["Press 1 or 2.", "Support.", "Please wait."]);
});

test("other keys fall through to a label, then to the end", async () => {
  assert.deepEqual(await said(menu, "9", "2"), ["Press 1 or 2.", "Press 1 or 2.", "Support.", "Please wait."]);
  assert.deepEqual(await said(menu, "9", "9"), ["Press 1 or 2.", "Press 1 or 2.", "Goodbye."]);
});

test("beginnings can be shared", async () => {
  const greeting = flow.talk("Welcome.");
  const vip = greeting.talk("Dear friend.");
  const both = greeting.digits({ length: 1 }).branch({ "7": vip }, { default: sales });
  assert.deepEqual(await said(both, "7"), ["Welcome.", "Welcome.", "Dear friend."]);
  assert.deepEqual(await said(both, "8"), ["Welcome.", "Sales."]);
  assert.deepEqual(both.actions(), both.actions());
});

test("a condition jumps when it does not hold", async () => {
  const minor = flow.talk("Too young.");
  const adult = (age: string) => flow.set("age", age).ifVariable("${age}", ">=", 18, minor).talk("Welcome.");
  assert.deepEqual(await said(adult("18")), ["Welcome."]);
  assert.deepEqual(await said(adult("17")), ["Too young."]);
});

/** For each type of action that the server runs, a flow with only that action. */
function every(savedFlow: string): Record<string, FlowBuilder> {
  const end = flow.stop();
  const destinations = [tel("+15550000001")];
  const id = "5a1e5000-0000-4000-8000-000000000001";
  return {
    amd: flow.amd({ machineHandle: "hangup" }),
    answer: flow.answer(),
    beep: flow.beep(),
    block: flow.block({ timeoutMs: 1_000 }),
    branch: flow.branch({ "1": end }, { default: end }),
    call: flow.call({ destinations, actions: end.actions() }),
    condition_call_digits: flow.ifDigits({ length: 1 }, end),
    condition_call_status: flow.ifStatus("progressing", end),
    condition_datetime: flow.ifDatetime({ condition: ">=", hour: 9, timezone: "Europe/Berlin" }, end),
    condition_variable: flow.ifVariable("${name}", "==", "x", end),
    confbridge_join: flow.confbridgeJoin({ confbridgeId: id }),
    conference_join: flow.conferenceJoin({ conferenceId: id }),
    connect: flow.connect(destinations, { timeoutMs: 1_000 }),
    digits_receive: flow.digitsReceive({ key: "#" }),
    digits_send: flow.sendDigits("12#"),
    echo: flow.echo({ duration: 1_000 }),
    email_send: flow.emailSend({ destinations: [email("somebody@example.com")], subject: "A call", content: "Hello." }),
    fetch: flow.fetch("https://example.com/actions"),
    fetch_flow: flow.fetchFlow(savedFlow),
    goto: flow.goto(end, 1),
    hangup: flow.hangup({ reason: "normal" }),
    hold: flow.hold(),
    message_send: flow.message(destinations, "Hello."),
    mute: flow.mute({ direction: "in" }),
    play: flow.play("https://example.com/welcome.wav"),
    recording_start: flow.record({ beepStart: true }),
    recording_stop: flow.recordingStop(),
    sleep: flow.sleep(10),
    stop: flow.stop(),
    stream_echo: flow.streamEcho(),
    talk: flow.talk("Hello.", { language: "en-US" }),
    unhold: flow.unhold(),
    unmute: flow.unmute(),
    variable_set: flow.set("name", "value"),
    webhook_send: flow.webhook("https://example.com/hook", { data: "{}" }),
  };
}

test("there is a helper for every action that the server runs", async () => {
  const { flow: saved } = await client.flows.createFlow({ name: "saved", actions: sales.actions() });
  const flows = every(saved!.id);
  const { actionTypes } = await client.actions.listActionTypes({});
  const runs = actionTypes.filter(({ available }) => available).map(({ name }) => name);
  assert.deepEqual(Object.keys(flows).sort(), runs.sort());
  for (const [name, one] of Object.entries(flows)) {
    const member = name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
    assert.equal(one.actions()[0]!.option.case, member);
  }
  const actions = Object.values(flows).flatMap((one) => one.actions());
  // A shared target is written only once.
  const { problems, valid } = await client.flows.validateFlow({
    actions: [...new Map(actions.map((action) => [action.id, action])).values()],
  });
  assert.deepEqual(problems, []);
  assert.equal(valid, true);
});

test("mistakes are told before the server is asked", () => {
  assert.throws(() => flow.goto("nowhere", 1).actions(), /no action has the label nowhere/);
  assert.throws(() => flow.talk("x").label("end").actions(), /no action comes after the label end/);
  assert.throws(() => flow.branch({ "1": flow }).actions(), /at least one action/);
  assert.throws(() => flow.label("a").talk("x").label("a"), /the label a is taken/);
  assert.throws(() => flow.label("a").label("b"), /no action comes between the labels a and b/);
});

test("a flow without actions is refused with the field", async () => {
  const refused = (error: RingdownError) => error.fieldViolations.some((it) => it.field === "actions");
  await assert.rejects(client.flows.createFlow({ name: "empty", actions: flow.actions() }), refused);
});
