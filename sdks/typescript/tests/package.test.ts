/** The package as users get it: packed and installed elsewhere, with its README and its examples. */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { flow } from "@ringdown-voice/sdk";
import { ROOT, Server } from "./server.js";

const run = promisify(execFile);
const EXAMPLES = join(ROOT, "build/examples");

let server: Server;

before(async () => {
  // Phones at real speed, so that a call lasts longer than it takes to start a watch.
  server = await Server.start();
});

after(async () => {
  await server.remove();
});

/** Type-checks in strict mode, with no other package. */
const STRICT = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--module", "nodenext"];

test("the README's programs compile and run where the package is installed", async () => {
  const readme = await readFile(join(ROOT, "README.md"), "utf8");
  const programs = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, lines]) => lines!);
  assert.ok(programs[0]!.trim().split("\n").length <= 10);
  const directory = await mkdtemp(join(tmpdir(), "ringdown-readme-"));
  try {
    await run("npm", ["pack", "--pack-destination", directory], { cwd: ROOT });
    const [archive] = await readdir(directory);
    await writeFile(join(directory, "package.json"), JSON.stringify({ private: true, type: "module" }));
    await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", `./${archive!}`], { cwd: directory });
    const said: string[] = [];
    for (const lines of programs) {
      await writeFile(join(directory, "lines.ts"), lines);
      await run(join(ROOT, "node_modules/.bin/tsc"), [...STRICT, "lines.ts"], { cwd: directory });
      // There are no types in them to be taken out.
      await writeFile(join(directory, "lines.js"), lines);
      said.push((await run("node", ["lines.js"], { cwd: directory, env: server.env, timeout: 60_000 })).stdout);
    }
    const [call, error, menu, ...more] = said;
    assert.match(call!, /^DIGITS_RECEIVED\n[^]*^ENDED\n$/m);
    assert.match(error!, /^InvalidArgument INVALID_ACTION_OPTION \[[^]*actions\[0\]\.option\.text/);
    assert.equal(menu, "true []\n");
    assert.deepEqual(more, []);
  } finally {
    await rm(directory, { recursive: true });
  }
});

test("a call is made and watched", async () => {
  const { stdout } = await run("node", [join(EXAMPLES, "call.js")], { env: server.env });
  assert.match(stdout, /action_started talk[^]*digits_received[^]*ended/);
});

test("a caller goes through the menu, twice", async () => {
  for (let round = 0; round < 2; round++) {
    const { stdout, stderr } = await run("node", [join(EXAMPLES, "ivr.js")], { env: server.env });
    assert.equal(stderr, "");
    assert.equal(stdout, "the call ended: finished\ncall back: yes\n");
  }
});

test("the wallboard shows what runs until it is interrupted", async () => {
  const client = server.client();
  const start = () => client.activeflows.createActiveflow({ actions: flow.block().actions() });
  const { activeflow: early } = await start();
  const board = spawn("node", [join(EXAMPLES, "wallboard.js")], { env: server.env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(board, "exit");
  const lines = createInterface(board.stdout)[Symbol.asyncIterator]();
  const seen = async (text: string) => {
    for (;;) {
      const line = await lines.next();
      if (line.done) assert.fail(`the board ended without ${text}`);
      if (line.value.includes(text)) return;
    }
  };
  await seen(early!.id);
  const { activeflow: late } = await start();
  await seen(late!.id);
  await client.activeflows.stopActiveflow({ id: late!.id });
  await client.activeflows.stopActiveflow({ id: early!.id });
  await seen("0 running");
  board.kill("SIGINT");
  assert.deepEqual(await ended, [0, null]);
  client.close();
});
