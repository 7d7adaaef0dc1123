/** Saves a telephone menu as a flow, assigns it to a number, calls that number and presses 2. */
import { Client, EndReason, flow, listAll, tel } from "@ringdown-voice/sdk";

const client = new Client();
const number = process.argv[2] ?? "+15551239000";

const sales = flow.talk("You are with sales.");
const support = flow.talk("Support will call you back.").set("callback", "yes");
const menu = flow
  .label("menu")
  .talk("For sales press 1, for support press 2.", { digitsHandle: "next" })
  .digits({ length: 1, duration: 5_000 })
  .branch({ "1": sales, "2": support })
  .goto("menu", 2)
  .talk("Goodbye.");

const { problems } = await menu.validate(client);
for (const { field, description } of problems) console.error(`${field}: ${description}`);

// If the number exists from a previous run, it gets the new menu.
const { flow: saved } = await client.flows.createFlow({ name: "menu", actions: menu.actions() });
const callFlowId = saved!.id;
let known = false;
for await (const { id, number: taken } of listAll(client.numbers.listNumbers, {})) {
  if (taken !== number) continue;
  known = true;
  await client.numbers.updateNumber({ id, callFlowId });
}
if (!known) await client.numbers.createNumber({ number, callFlowId });

const { call } = await client.simulator.simulateIncomingCall({ source: tel("+15550000001"), destination: tel(number) });
let pressed = false;
for await (const { activeflow } of client.watchActiveflows({ ids: [call!.activeflowId], untilEnded: true })) {
  if (activeflow?.currentAction?.option.case === "digitsReceive" && !pressed) {
    pressed = true;
    await client.simulator.simulateDigits({ callId: call!.id, digits: "2" });
  }
  if (activeflow?.endReason) console.log(`the call ended: ${EndReason[activeflow.endReason].toLowerCase()}`);
}
const { variables } = await client.activeflows.getVariables({ id: call!.activeflowId });
console.log(`call back: ${variables["callback"] ?? "no"}`);
client.close();
