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
  ProviderService,
  RecordingService,
  RouteService,
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

/** The default address of a server. */
export const DEFAULT_ADDRESS = "http://127.0.0.1:8080";

/** Returns a valid address of a server. */
export function checkedAddress(address: string): string {
  const protocol = URL.canParse(address) ? new URL(address).protocol : "";
  if (protocol === "http:" || protocol === "https:") return address;
  throw new TypeError(`address: expected http://host:port or https://host:port, not ${JSON.stringify(address)}`);
}

/** Options of a client. */
export interface ClientOptions {
  /** The default deadline of an RPC including its retries, in milliseconds. 0 means none. Default: 10,000. */
  timeoutMs?: number;
  /** Interceptors of each attempt of each RPC, for logs and metrics. */
  interceptors?: Interceptor[];
}

/** The clients of all services, independent of the transport. */
export class Services {
  /** Manages access keys. */
  readonly accessKeys: ServiceClient<typeof AccessKeyService>;
  /** Describes the types of actions. */
  readonly actions: ServiceClient<typeof ActionService>;
  /** Starts, controls and watches activeflows. */
  readonly activeflows: ServiceClient<typeof ActiveflowService>;
  /** Makes, controls and watches calls. */
  readonly calls: ServiceClient<typeof CallService>;
  /** Manages the customer that the key belongs to. */
  readonly customers: ServiceClient<typeof CustomerService>;
  /** Saves, checks and simulates flows. */
  readonly flows: ServiceClient<typeof FlowService>;
  /** Sends and receives text messages. */
  readonly messages: ServiceClient<typeof MessageService>;
  /** Assigns flows to telephone numbers. */
  readonly numbers: ServiceClient<typeof NumberService>;
  /** Manages the providers that take calls. Needs an operator's key. */
  readonly providers: ServiceClient<typeof ProviderService>;
  /** Lists, downloads and deletes recordings. */
  readonly recordings: ServiceClient<typeof RecordingService>;
  /** Manages which calls go to which provider. Needs an operator's key. */
  readonly routes: ServiceClient<typeof RouteService>;
  /** Controls the remote parties of simulated phones. */
  readonly simulator: ServiceClient<typeof SimulatorService>;
  /** Lists deliveries of webhooks and sends them again. */
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
    this.providers = createClient(ProviderService, transport);
    this.recordings = createClient(RecordingService, transport);
    this.routes = createClient(RouteService, transport);
    this.simulator = createClient(SimulatorService, transport);
    this.webhooks = createClient(WebhookService, transport);
  }

  /** Ends all RPCs and watches in progress with a RingdownError whose code is `Code.Canceled`. */
  close(): void {
    this.#closing.abort();
  }

  /** Streams all events of the activeflows that match, across reconnections and restarts of the server. */
  watchActiveflows(
    request: MessageInitShape<typeof WatchActiveflowsRequestSchema> = {},
    options: WatchOptions = {},
  ): Watch<WatchActiveflowsRequest, WatchActiveflowsResponse> {
    const whole = create(WatchActiveflowsRequestSchema, request);
    const open = (request: WatchActiveflowsRequest, signal: AbortSignal) =>
      this.activeflows.watchActiveflows(request, { signal });
    return new Watch(open, (response) => response.activeflow, whole, options, this.#closing.signal);
  }

  /** Streams all events of the calls that match, across reconnections and restarts of the server. */
  watchCalls(
    request: MessageInitShape<typeof WatchCallsRequestSchema> = {},
    options: WatchOptions = {},
  ): Watch<WatchCallsRequest, WatchCallsResponse> {
    const whole = create(WatchCallsRequestSchema, request);
    const open = (request: WatchCallsRequest, signal: AbortSignal) => this.calls.watchCalls(request, { signal });
    return new Watch(open, (response) => response.call, whole, options, this.#closing.signal);
  }
}
