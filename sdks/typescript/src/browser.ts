/**
 * The SDK of Ringdown for browsers, over gRPC-Web. For pages of other origins, the server needs `--cors-origin`.
 *
 * @packageDocumentation
 */
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { checkedAddress, DEFAULT_ADDRESS, Services } from "./client.js";
import type { ClientOptions } from "./client.js";

export * from "./common.js";
export type { ClientOptions };

/** A client of one server: `new Client("https://ringdown.example.com", "rd_…")`. */
export class Client extends Services {
  /**
   * @param address - Address of the server. Default: `http://127.0.0.1:8080`.
   * @param key - An access key or a JWT. A page exposes its key to its readers, so prefer a short-lived JWT.
   * @param options - Options of the client.
   */
  constructor(address = DEFAULT_ADDRESS, key = "", options: ClientOptions = {}) {
    super(createGrpcWebTransport({ baseUrl: checkedAddress(address), interceptors: options.interceptors ?? [] }), key, options);
  }
}
