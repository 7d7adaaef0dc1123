import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { RingdownError } from "./errors.js";
import { WatchType } from "./gen/ringdown/v1/watch_pb.js";
import { isPassing, pause, pauseMs } from "./retry.js";
import { uuid } from "./uuid.js";

/** The server says something every 10 seconds. Longer silence than this means that the connection is dead. */
const LONGEST_SILENCE_MS = 30_000;

/** How often a watch that was never let in is tried. */
const FIRST_TRIES = 6;

/** How a watch goes about it. */
export interface WatchOptions {
  /** Ends the watch; the iteration then throws a RingdownError with `Code.Canceled`. To leave the loop does it too. */
  signal?: AbortSignal;
  /** How long to go on trying while the server is away, in milliseconds. Default: 5 minutes. */
  patienceMs?: number;
  /** Whether responses of type PROGRESS are told too. They hold nothing but a token; the first stands behind a snapshot. */
  progress?: boolean;
}

/** What the requests of all watches have. */
export interface WatchRequest {
  ids: string[];
  resumeToken: string;
  includeSnapshot: boolean;
  untilEnded: boolean;
}

/** What the responses of all watches have, and how to find in them what they tell of. */
export interface Told {
  resumeToken: string;
  type: WatchType;
  event?: { id: string } | undefined;
}

/** A resource as a watch shows it. */
export interface Shown {
  id: string;
  tmCreate?: Timestamp | undefined;
  tmUpdate?: Timestamp | undefined;
}

/** Opens one stream. */
export type Open<Req, Res> = (request: Req, signal: AbortSignal) => AsyncIterable<Res>;

/**
 * What happens, as it happens: `for await (const it of watch)`. When the server is restarted or the connection breaks it
 * goes on by itself where it was: no event is told twice and nothing is left out. Where that is within a snapshot or right
 * behind it, all that happened since the snapshot began is told as events, also what the snapshot has shown. It is iterated
 * once.
 */
export class Watch<Req extends WatchRequest, Res extends Told> implements AsyncIterable<Res> {
  /** Resolves when the watch has begun: whatever happens from then on is told. Nobody needs to wait for it. */
  readonly started: Promise<void>;
  readonly #open: Open<Req, Res>;
  readonly #shown: (response: Res) => Shown | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #closing: AbortSignal;
  readonly #patienceMs: number;
  readonly #progress: boolean;
  #request: Req;

  /** @internal Clients make them. */
  constructor(
    open: Open<Req, Res>,
    shown: (response: Res) => Shown | undefined,
    request: Req,
    options: WatchOptions,
    closing: AbortSignal,
  ) {
    this.#open = open;
    this.#shown = shown;
    this.#request = request;
    this.#signal = options.signal;
    this.#closing = closing;
    this.#patienceMs = options.patienceMs ?? 300_000;
    this.#progress = options.progress ?? false;
    this.started = this.#start();
    // Whoever iterates is told of the failure there.
    this.started.catch(() => undefined);
  }

  /** Where to go on from in another watch, of this process or of another. Empty before anything was told. */
  get resumeToken(): string {
    return this.#request.resumeToken;
  }

  /**
   * A watch from now on needs to know what "now" is before its first response: a snapshot of nothing has the token. Without
   * it, what happens while a first connection breaks would be lost.
   */
  async #start(): Promise<void> {
    const { resumeToken, includeSnapshot, untilEnded } = this.#request;
    if (resumeToken !== "" || includeSnapshot || untilEnded) return;
    const nothing = { ...this.#request, ids: [uuid()], includeSnapshot: true };
    for (let tries = 1; ; tries++) {
      try {
        for await (const response of this.#connection(nothing)) {
          this.#request = { ...this.#request, resumeToken: response.resumeToken };
          return;
        }
        throw new ConnectError("the watch ended before it began", Code.Unavailable);
      } catch (cause) {
        const error = RingdownError.from(cause);
        if (!isPassing(error, this.#signal, this.#closing) || tries >= FIRST_TRIES) throw error;
        await pause(pauseMs(tries, error), this.#signal);
      }
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Res, void, undefined> {
    await this.started;
    const snapshot = new SnapshotMemory<Res>(this.#shown);
    let tries = 0;
    let connected = false;
    let heard = performance.now();
    for (;;) {
      let error: RingdownError;
      try {
        for await (const response of this.#connection(this.#request)) {
          tries = 0;
          connected = true;
          const isNew = snapshot.isNew(response);
          this.#request = { ...this.#request, resumeToken: response.resumeToken };
          if (isNew && (this.#progress || response.type !== WatchType.PROGRESS)) yield response;
          heard = performance.now();
        }
        if (this.#request.untilEnded) return;
        error = RingdownError.from(new ConnectError("the server closed the watch", Code.Unavailable));
      } catch (cause) {
        error = RingdownError.from(cause);
      }
      tries++;
      const wait = pauseMs(tries, error);
      const patient = connected ? performance.now() + wait < heard + this.#patienceMs : tries < FIRST_TRIES;
      if (!isPassing(error, this.#signal, this.#closing) || !patient) throw error;
      await pause(wait, this.#signal);
    }
  }

  /** One stream. It is broken off when the caller leaves, or when it is silent for too long. */
  async *#connection(request: Req): AsyncGenerator<Res, void, undefined> {
    const controller = new AbortController();
    const silence = new AbortController();
    const leave = () => {
      controller.abort();
    };
    if (this.#signal?.aborted) leave();
    this.#signal?.addEventListener("abort", leave);
    silence.signal.addEventListener("abort", leave);
    try {
      const stream = this.#open(request, controller.signal)[Symbol.asyncIterator]();
      for (;;) {
        const timer = setTimeout(() => {
          silence.abort();
        }, LONGEST_SILENCE_MS);
        const next = await stream.next().finally(() => {
          clearTimeout(timer);
        });
        if (next.done) return;
        yield next.value;
      }
    } catch (cause) {
      throw silence.signal.aborted ? new ConnectError("the server has fallen silent", Code.Unavailable) : cause;
    } finally {
      leave();
      this.#signal?.removeEventListener("abort", leave);
    }
  }
}

/**
 * A connection that breaks within a snapshot has it told again from its beginning. This remembers what was told, until the
 * first response that is not part of the snapshot.
 */
class SnapshotMemory<Res extends Told> {
  readonly #shown: (response: Res) => Shown | undefined;
  readonly #times = new Map<string, number>();
  #over = false;

  constructor(shown: (response: Res) => Shown | undefined) {
    this.#shown = shown;
  }

  /** Whether a response tells something that was not told before. */
  isNew(response: Res): boolean {
    this.#over ||= response.type !== WatchType.SNAPSHOT;
    const shown = this.#over ? undefined : this.#shown(response);
    if (shown === undefined) {
      this.#times.clear();
      return true;
    }
    const time = micros(shown.tmUpdate ?? shown.tmCreate);
    const before = this.#times.get(shown.id) ?? -1;
    this.#times.set(shown.id, Math.max(time, before));
    return time > before;
  }
}

function micros(time: Timestamp | undefined): number {
  return time === undefined ? 0 : timestampMs(time) * 1_000 + Math.floor((time.nanos % 1_000_000) / 1_000);
}
