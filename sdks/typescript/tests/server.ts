import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { Client } from "@ringdown-voice/sdk";
import type { ClientOptions } from "@ringdown-voice/sdk";

/** The directory of this SDK. */
export const ROOT = resolve(import.meta.dirname, "../..");

const BINARY = process.env["RINGDOWN_BIN"] ?? resolve(ROOT, "../../target/debug/ringdown");

/** A real server with a separate database. */
export class Server {
  url = "";
  key = "";
  operatorKey = "";
  readonly #directory: string;
  readonly #args: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(directory: string, args: readonly string[]) {
    this.#directory = directory;
    this.#args = args;
  }

  static async start(...args: string[]): Promise<Server> {
    const server = new Server(await mkdtemp(join(tmpdir(), "ringdown-sdk-")), args);
    await server.#launch("127.0.0.1:0");
    return server;
  }

  /** Kills the process, like a crash. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  /** Restarts it with the same address and database. */
  async restart(): Promise<void> {
    await this.#launch(new URL(this.url).host);
  }

  /** Ends the process and removes its database. */
  async remove(): Promise<void> {
    await this.kill();
    await rm(this.#directory, { recursive: true });
  }

  client(options: ClientOptions = {}, address = this.url): Client {
    return new Client(address, this.key, options);
  }

  /** A client with an operator's key. */
  operator(options: ClientOptions = {}): Client {
    return new Client(this.url, this.operatorKey, options);
  }

  /** The environment variables that point a program to this server. */
  get env(): NodeJS.ProcessEnv {
    return { ...process.env, RINGDOWN_ADDRESS: this.url, RINGDOWN_KEY: this.key };
  }

  /** Starts the process and waits until it reports its address. The greeting ends with the command for grpcurl. */
  async #launch(listen: string): Promise<void> {
    const database = `sqlite://${join(this.#directory, "ringdown.db")}`;
    const args = ["serve", "--listen", listen, "--database", database, ...this.#args];
    const env = { ...process.env, RINGDOWN_LOG: "error" };
    const child = spawn(BINARY, args, { env, stdio: ["ignore", "pipe", "inherit"] });
    this.#process = child;
    let said = "";
    for await (const line of createInterface(child.stdout)) {
      said += `${line}\n`;
      if (line.includes("grpcurl")) break;
    }
    child.stdout.resume();
    const [url] = /https?:\/\/[\d.:]+/.exec(said) ?? [];
    if (url === undefined) throw new Error(`the server did not start: ${said}`);
    this.url = url;
    this.key = /rd_[\w-]+/.exec(said)?.[0] ?? this.key;
    this.operatorKey = /OPERATOR_KEY=(rd_[\w-]+)/.exec(said)?.[1] ?? this.operatorKey;
  }
}

/** Returns the first element of a stream that matches. */
export async function first<T>(stream: AsyncIterable<T>, wanted: (it: T) => boolean): Promise<T> {
  for await (const it of stream) {
    if (wanted(it)) return it;
  }
  throw new Error("the stream ended and it was not there");
}

/** Returns all elements of a stream. */
export async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const told: T[] = [];
  for await (const it of stream) told.push(it);
  return told;
}
