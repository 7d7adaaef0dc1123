/**
 * The SDK of Ringdown for Node.js, over gRPC.
 *
 * @packageDocumentation
 */
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import type { SecureClientSessionOptions } from "node:http2";
import { checkedAddress, DEFAULT_ADDRESS, Services } from "./client.js";
import type { ClientOptions as AnyOptions } from "./client.js";

export * from "./common.js";

/** Options of a client. */
export interface ClientOptions extends AnyOptions {
  /** TLS options, such as `ca`. */
  tls?: SecureClientSessionOptions;
}

/** A connection that is idle for this long is checked with a ping. */
const PING_INTERVAL_MS = 20_000;

function environment(name: string, otherwise: string): string {
  const value = process.env[name] ?? "";
  return value === "" ? otherwise : value;
}

/** A client of one server: `new Client("https://ringdown.example.com", "rd_…")`. */
export class Client extends Services {
  readonly #sessions: Http2SessionManager;

  /**
   * @param address - `http://` for plaintext, `https://` for TLS. Default: RINGDOWN_ADDRESS, or else `http://127.0.0.1:8080`.
   * @param key - An access key or a JWT. Default: RINGDOWN_KEY.
   * @param options - Options of the client.
   */
  constructor(
    address = environment("RINGDOWN_ADDRESS", DEFAULT_ADDRESS),
    key = environment("RINGDOWN_KEY", ""),
    options: ClientOptions = {},
  ) {
    const sessionManager = new Http2SessionManager(checkedAddress(address), { pingIntervalMs: PING_INTERVAL_MS }, options.tls);
    const interceptors = options.interceptors ?? [];
    super(createGrpcTransport({ baseUrl: address, sessionManager, interceptors }), key, options);
    this.#sessions = sessionManager;
  }

  /** Closes the connection. RPCs and watches in progress end with a RingdownError whose code is `Code.Canceled`. */
  override close(): void {
    super.close();
    this.#sessions.abort();
  }
}
