import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

const FRAME_HEADER = 9;
const HEADERS = 1;

/** Sits between a client and a server, and cuts connections as it is told. */
export class Proxy {
  /** How many connections were made. */
  connections = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #refuse = 0;
  #swallow = 0;

  private constructor(target: URL) {
    this.#server = createServer((client) => {
      this.#take(client, target);
    });
  }

  static async before(address: string): Promise<Proxy> {
    const proxy = new Proxy(new URL(address));
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** Cuts all connections, and the next ones as soon as they are made. */
  cut(andTheNext = 0): void {
    this.#refuse = andTheNext;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Lets the next requests through and cuts the connection instead of the answer. */
  swallowAnswers(count: number): void {
    this.#swallow = count;
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #take(client: Socket, target: URL): void {
    this.connections++;
    if (this.#refuse > 0) {
      this.#refuse--;
      client.destroy();
      return;
    }
    const server = connect(Number(target.port), target.hostname);
    const frames = new FrameTypes();
    for (const [socket, other] of [[client, server], [server, client]] as const) {
      this.#sockets.add(socket);
      socket.on("close", () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
      // What a connection breaks with is what this is for; `close` comes after it.
      socket.on("error", () => socket.destroy());
    }
    client.on("data", (bytes) => server.write(bytes));
    server.on("data", (bytes) => {
      if (frames.of(bytes).includes(HEADERS) && this.#swallow > 0) {
        this.#swallow--;
        client.destroy();
      } else {
        client.write(bytes);
      }
    });
  }
}

/** Finds where the frames of HTTP/2 begin in what a server sends. */
class FrameTypes {
  #rest = Buffer.alloc(0);

  of(bytes: Buffer): number[] {
    const types: number[] = [];
    this.#rest = Buffer.concat([this.#rest, bytes]);
    while (this.#rest.length >= FRAME_HEADER) {
      const end = FRAME_HEADER + this.#rest.readUIntBE(0, 3);
      if (this.#rest.length < end) break;
      types.push(this.#rest.readUInt8(3));
      this.#rest = this.#rest.subarray(end);
    }
    return types;
  }
}
