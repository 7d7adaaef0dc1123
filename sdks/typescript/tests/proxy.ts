import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

const FRAME_HEADER = 9;
const HEADERS = 1;

/** A proxy between a client and a server that cuts connections on demand. */
export class Proxy {
  /** The number of accepted connections. */
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

  /** Cuts all connections, and new ones as soon as they are made. */
  cut(andTheNext = 0): void {
    this.#refuse = andTheNext;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Forwards the next requests and cuts the connection instead of the response. */
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
      // Errors are expected here; `close` follows.
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

/** Finds the beginnings of the HTTP/2 frames that a server sends. */
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
