/** An address with https, and whom a client trusts. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { after, before, test } from "node:test";
import { rootCertificates } from "node:tls";
import type { Interceptor } from "@connectrpc/connect";
import { Code, flow } from "@ringdown-voice/sdk";
import type { RingdownError } from "@ringdown-voice/sdk";
import { all, ROOT, Server } from "./server.js";

/** Creates a self-signed certificate for the name localhost. */
const CERTIFICATE = resolve(ROOT, "../../tests/server/localhost.cert.pem");
const KEY = resolve(ROOT, "../../tests/server/localhost.key.pem");

let server: Server;
let ca: Buffer;

before(async () => {
  server = await Server.start("--tls-cert", CERTIFICATE, "--tls-key", KEY, "--sim-speed", "1000");
  ca = await readFile(CERTIFICATE);
});

after(async () => {
  await server.remove();
});

/** Returns the address with the name of the certificate. */
function address(): string {
  return server.url.replace("127.0.0.1", "localhost");
}

test("a server with a certificate of one's own is spoken to, and watched across a restart", async () => {
  assert.match(server.url, /^https:/);
  const client = server.client({ tls: { ca } }, address());
  const { activeflow } = await client.activeflows.createActiveflow({ actions: flow.block().actions() });
  const id = activeflow!.id;
  const watch = all(client.watchActiveflows({ ids: [id], untilEnded: true }));
  await server.kill();
  await server.restart();
  await client.activeflows.stopActiveflow({ id });
  assert.ok((await watch).some((it) => it.activeflow?.id === id));
  client.close();
});

for (const [whom, tls] of [
  ["those whom everybody trusts", {}],
  ["someone else", { ca: rootCertificates[0] }],
] as const) {
  test(`a client that trusts ${whom} refuses the server, and says so at once`, async () => {
    let tries = 0;
    const count: Interceptor = (next) => (request) => {
      tries++;
      return next(request);
    };
    const client = server.client({ tls, interceptors: [count] }, address());
    const refused = (error: RingdownError) => error.code === Code.Unavailable && error.message.includes("certificate");
    await assert.rejects(client.customers.getCustomer({}), refused);
    await assert.rejects(all(client.watchCalls()), refused);
    assert.equal(tries, 2);
    client.close();
  });
}

test("a certificate for another name is refused", async () => {
  const client = server.client({ tls: { ca } });
  const refused = (error: RingdownError) => error.code === Code.Unavailable && error.message.includes("altnames");
  await assert.rejects(client.customers.getCustomer({}), refused);
  client.close();
});
