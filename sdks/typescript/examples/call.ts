/** Makes a call and watches it: `node call.js [number]`. */
import { ActiveflowEventType, Client, flow, tel } from "@ringdown-voice/sdk";

const client = new Client();
const number = process.argv[2] ?? "+15550000006";

const { calls } = await client.calls.createCalls({
  source: tel("+15551230000"),
  destinations: [tel(number)],
  actions: flow.talk("Hello. Press a key.").digits({ length: 1 }).talk("You pressed ${voipbin.call.digits}.").actions(),
});

for await (const { event } of client.watchActiveflows({ ids: calls.map((it) => it.activeflowId), untilEnded: true })) {
  if (event) console.log(ActiveflowEventType[event.type].toLowerCase(), event.action?.option.case ?? "");
}
client.close();
