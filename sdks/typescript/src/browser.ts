/**
 * The SDK of Ringdown for browsers, over gRPC-Web. The server lets the page in with `--cors-origin`.
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
   * @param address - Where the server is. Default: `http://127.0.0.1:8080`.
   * @param key - An access key or a JWT. A page shows its key to whoever reads it: a JWT that ends soon is better.
   * @param options - How to go about it.
   */
  constructor(address = DEFAULT_ADDRESS, key = "", options: ClientOptions = {}) {
    super(createGrpcWebTransport({ baseUrl: checkedAddress(address), interceptors: options.interceptors ?? [] }), key, options);
  }
}
