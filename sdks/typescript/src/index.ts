/**
 * The SDK of Ringdown for Node.js, over gRPC.
 *
 * @packageDocumentation
 */
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import type { SecureClientSessionOptions } from "node:http2";
import { DEFAULT_ADDRESS, Services } from "./client.js";
import type { ClientOptions as AnyOptions } from "./client.js";

export * from "./common.js";

/** How a client goes about it. */
export interface ClientOptions extends AnyOptions {
  /** Options of TLS, such as `ca`. */
  tls?: SecureClientSessionOptions;
}

/** A connection that says nothing for this long is asked whether it still lives. */
const PING_INTERVAL_MS = 20_000;

/** A client of one server: `new Client("https://ringdown.example.com", "rd_…")`. */
export class Client extends Services {
  readonly #sessions: Http2SessionManager;

  /**
   * @param address - `http://` for plaintext, `https://` for TLS. Default: RINGDOWN_ADDRESS, else `http://127.0.0.1:8080`.
   * @param key - An access key or a JWT. Default: RINGDOWN_KEY.
   * @param options - How to go about it.
   */
  constructor(
    address = process.env["RINGDOWN_ADDRESS"] ?? DEFAULT_ADDRESS,
    key = process.env["RINGDOWN_KEY"] ?? "",
    options: ClientOptions = {},
  ) {
    const sessionManager = new Http2SessionManager(address, { pingIntervalMs: PING_INTERVAL_MS }, options.tls);
    const interceptors = options.interceptors ?? [];
    super(createGrpcTransport({ baseUrl: address, sessionManager, interceptors }), key, options);
    this.#sessions = sessionManager;
  }

  /** Ends the connection and all that goes over it. A program may also just end. */
  close(): void {
    this.#sessions.abort();
  }
}
