/** The SDK in headless Chromium, over gRPC-Web, against the real server. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { Server as Pages } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import { ActiveflowEventType, Code, flow, listAll } from "@ringdown-voice/sdk";
import { all, first, ROOT, Server } from "./server.js";

const CHROMIUM = process.env["CHROMIUM"];

/** Calls a function of `browser/page.ts`. */
async function inPage<T>(page: Page, name: string, ...args: string[]): Promise<T> {
  const call = `page.${name}(${args.map((it) => JSON.stringify(it)).join(", ")})`;
  return page.evaluate<T>(call);
}

describe("in a browser", { skip: CHROMIUM === undefined && "Chromium is needed (CHROMIUM)" }, () => {
  let server: Server;
  let pages: Pages;
  let browser: Browser;
  let page: Page;

  before(async () => {
    const entryPoints = [join(ROOT, "tests/browser/page.ts")];
    const bundled = await build({ entryPoints, bundle: true, write: false, format: "iife", logLevel: "error" });
    const script = bundled.outputFiles[0]!.text;
    pages = createServer((request, response) => {
      const wantsScript = request.url === "/page.js";
      response.setHeader("content-type", wantsScript ? "text/javascript" : "text/html");
      response.end(wantsScript ? script : '<!doctype html><script src="/page.js"></script>');
    });
    pages.listen(0, "127.0.0.1");
    await once(pages, "listening");
    const origin = `http://127.0.0.1:${String((pages.address() as AddressInfo).port)}`;
    server = await Server.start("--sim-speed", "1000", "--cors-origin", origin);
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: ["--no-sandbox"] });
    page = await browser.newPage();
    await page.goto(origin);
  });

  after(async () => {
    await browser.close();
    pages.close();
    await server.remove();
  });

  test("a call is made and watched to its end", async () => {
    const events = await inPage<string[]>(page, "call", server.url, server.key);
    assert.equal(events[0], "CREATED");
    assert.equal(events.at(-1), "ENDED");
    assert.ok(events.includes("DIGITS_RECEIVED"), events.join());
  });

  test("an error has its reason", async () => {
    const error = await inPage<{ code: Code; reason: string; requestId: string }>(page, "refused", server.url, server.key);
    assert.equal(error.code, Code.NotFound);
    assert.equal(error.reason, "CALL_NOT_FOUND");
    assert.notEqual(error.requestId, "");
  });

  test("a restart of the server is invisible", async () => {
    const client = server.client();
    await inPage(page, "begin", server.url, server.key);
    const told = inPage<string[]>(page, "told");
    const actions = flow.block().block().actions();
    const { activeflow } = await client.activeflows.createActiveflow({ actions });
    const { id } = activeflow!;
    for (const { id: currentActionId } of actions) {
      const watch = client.watchActiveflows({ ids: [id], includeSnapshot: true });
      await first(watch, (it) => it.activeflow?.currentAction?.id === currentActionId);
      await server.kill();
      await server.restart();
      await client.activeflows.continueActiveflow({ id, currentActionId });
    }
    const history = await all(listAll(client.activeflows.listActiveflowEvents, { id }));
    assert.equal(history[0]?.type, ActiveflowEventType.ENDED);
    assert.deepEqual(await told, history.map((it) => it.id).reverse());
    client.close();
  });

  test("closing the client ends what waits", async () => {
    assert.match(await inPage<string>(page, "closed", server.url, server.key), /the client is closed/);
  });

  test("a page that the server does not know is kept out", async () => {
    const stranger = await Server.start();
    await assert.rejects(inPage(page, "begin", stranger.url, stranger.key), /Failed to fetch/);
    await stranger.remove();
  });
});
