import { create } from "@bufbuild/protobuf";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import type { Client as ServiceClient, Interceptor, Transport } from "@connectrpc/connect";
import {
  AccessKeyService,
  ActionService,
  ActiveflowService,
  CallService,
  CustomerService,
  FlowService,
  MessageService,
  NumberService,
  RecordingService,
  SimulatorService,
  WatchActiveflowsRequestSchema,
  WatchCallsRequestSchema,
  WebhookService,
} from "./gen/index.js";
import type {
  WatchActiveflowsRequest,
  WatchActiveflowsResponse,
  WatchCallsRequest,
  WatchCallsResponse,
} from "./gen/index.js";
import { ringdownTransport } from "./transport.js";
import { Watch } from "./watch.js";
import type { WatchOptions } from "./watch.js";

/** Where a server is by default. */
export const DEFAULT_ADDRESS = "http://127.0.0.1:8080";

/** The address of a server, if it can be one. */
export function checkedAddress(address: string): string {
  const protocol = URL.canParse(address) ? new URL(address).protocol : "";
  if (protocol === "http:" || protocol === "https:") return address;
  throw new TypeError(`address: expected http://host:port or https://host:port, not ${JSON.stringify(address)}`);
}

/** How a client goes about it. */
export interface ClientOptions {
  /** How long a call may take with all its tries, in milliseconds, unless it says otherwise. 0: for ever. Default: 10,000. */
  timeoutMs?: number;
  /** What sees each try of each call, for logs and figures. */
  interceptors?: Interceptor[];
}

/** A client of each service, the same over any transport. */
export class Services {
  /** Makes and withdraws access keys. */
  readonly accessKeys: ServiceClient<typeof AccessKeyService>;
  /** Tells what actions there are. */
  readonly actions: ServiceClient<typeof ActionService>;
  /** Starts, steers and lists what runs. */
  readonly activeflows: ServiceClient<typeof ActiveflowService>;
  /** Makes and steers calls. */
  readonly calls: ServiceClient<typeof CallService>;
  /** The customer whose key this is. */
  readonly customers: ServiceClient<typeof CustomerService>;
  /** Saves, checks and tries out flows. */
  readonly flows: ServiceClient<typeof FlowService>;
  /** Sends text messages. */
  readonly messages: ServiceClient<typeof MessageService>;
  /** Ties numbers to flows. */
  readonly numbers: ServiceClient<typeof NumberService>;
  /** Finds and downloads recordings. */
  readonly recordings: ServiceClient<typeof RecordingService>;
  /** Plays the far end of simulated phones. */
  readonly simulator: ServiceClient<typeof SimulatorService>;
  /** Tells what became of webhooks. */
  readonly webhooks: ServiceClient<typeof WebhookService>;
  readonly #closing = new AbortController();

  constructor(inner: Transport, key: string, options: ClientOptions) {
    if (!/^[!-~]*$/.test(key)) throw new TypeError("key: expected visible ASCII characters");
    const transport = ringdownTransport(inner, key, options.timeoutMs ?? 10_000, this.#closing.signal);
    this.accessKeys = createClient(AccessKeyService, transport);
    this.actions = createClient(ActionService, transport);
    this.activeflows = createClient(ActiveflowService, transport);
    this.calls = createClient(CallService, transport);
    this.customers = createClient(CustomerService, transport);
    this.flows = createClient(FlowService, transport);
    this.messages = createClient(MessageService, transport);
    this.numbers = createClient(NumberService, transport);
    this.recordings = createClient(RecordingService, transport);
    this.simulator = createClient(SimulatorService, transport);
    this.webhooks = createClient(WebhookService, transport);
  }

  /** Ends all that goes on, watches too, with a RingdownError whose code is `Code.Canceled`. */
  close(): void {
    this.#closing.abort();
  }

  /** Everything that happens to the activeflows that match, across lost connections and restarts of the server. */
  watchActiveflows(
    request: MessageInitShape<typeof WatchActiveflowsRequestSchema> = {},
    options: WatchOptions = {},
  ): Watch<WatchActiveflowsRequest, WatchActiveflowsResponse> {
    const whole = create(WatchActiveflowsRequestSchema, request);
    const open = (request: WatchActiveflowsRequest, signal: AbortSignal) =>
      this.activeflows.watchActiveflows(request, { signal });
    return new Watch(open, (response) => response.activeflow, whole, options, this.#closing.signal);
  }

  /** Everything that happens to the calls that match, across lost connections and restarts of the server. */
  watchCalls(
    request: MessageInitShape<typeof WatchCallsRequestSchema> = {},
    options: WatchOptions = {},
  ): Watch<WatchCallsRequest, WatchCallsResponse> {
    const whole = create(WatchCallsRequestSchema, request);
    const open = (request: WatchCallsRequest, signal: AbortSignal) => this.calls.watchCalls(request, { signal });
    return new Watch(open, (response) => response.call, whole, options, this.#closing.signal);
  }
}
