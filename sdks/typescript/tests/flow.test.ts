/** Flows that read well, played by the server's own simulation. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { flow, RingdownError, tel } from "@ringdown/sdk";
import type { Client, FlowBuilder } from "@ringdown/sdk";
import { Server } from "./server.js";

let server: Server;
let client: Client;

before(async () => {
  server = await Server.start();
  client = server.client();
});

after(async () => {
  client.close();
  await server.remove();
});

/** What is said when the far end presses these digits. */
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

test("every helper makes what the server takes", async () => {
  const { flow: saved } = await client.flows.createFlow({ name: "saved", actions: sales.actions() });
  const end = flow.stop();
  const every = flow
    .answer()
    .play("https://example.com/welcome.wav")
    .record({ beepStart: true })
    .ifDigits({ length: 1 }, end)
    .ifStatus("progressing", end)
    .ifDatetime({ condition: ">=", hour: 9, timezone: "Europe/Berlin" }, end)
    .ifVariable("${name}", "==", "x", end)
    .set("name", "value")
    .connect([tel("+15550000001")], { timeoutMs: 1_000 })
    .sendDigits("12#")
    .message([tel("+15550000001")], "Hello.")
    .webhook("https://example.com/hook", { data: "{}" })
    .fetch("https://example.com/actions")
    .fetchFlow(saved!.id)
    .add("beep", {})
    .block({ timeoutMs: 1_000 })
    .sleep(10)
    .hangup({ reason: "normal" });
  const { problems, valid } = await every.validate(client);
  assert.deepEqual(problems, []);
  assert.equal(valid, true);
});

test("mistakes are told before the server is asked", () => {
  assert.throws(() => flow.goto("nowhere", 1).actions(), /no action has the label nowhere/);
  assert.throws(() => flow.talk("x").label("end").actions(), /no action comes after the label end/);
  assert.throws(() => flow.branch({ "1": flow }).actions(), /at least one action/);
});

test("a flow without actions is refused with the field", async () => {
  const refused = (error: RingdownError) => error.fieldViolations.some((it) => it.field === "actions");
  await assert.rejects(client.flows.createFlow({ name: "empty", actions: flow.actions() }), refused);
});
