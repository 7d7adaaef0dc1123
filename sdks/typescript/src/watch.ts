import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { RingdownError } from "./errors.js";
import { WatchType } from "./gen/ringdown/v1/watch_pb.js";
import { isPassing, pause, pauseMs } from "./retry.js";
import { uuid } from "./uuid.js";

/** The server sends something every 10 seconds. A longer silence than this means that the connection is dead. */
const LONGEST_SILENCE_MS = 30_000;

/** The maximum number of attempts of a watch that has never been accepted. */
const FIRST_TRIES = 6;

/** Options of a watch. */
export interface WatchOptions {
  /** Ends the watch; the iteration then throws a RingdownError with `Code.Canceled`. Leaving the loop also ends it. */
  signal?: AbortSignal;
  /** How long to try to reconnect while the server is unavailable, in milliseconds. Default: 5 minutes. */
  patienceMs?: number;
  /** Whether to deliver responses of type PROGRESS. They contain only a token; the first one follows the snapshot. */
  progress?: boolean;
}

/** The common fields of the requests of watches. */
export interface WatchRequest {
  ids: string[];
  resumeToken: string;
  includeSnapshot: boolean;
  untilEnded: boolean;
}

/** The common fields of the responses of watches. */
export interface Told {
  resumeToken: string;
  type: WatchType;
  event?: { id: string } | undefined;
}

/** A resource in a response of a watch. */
export interface Shown {
  id: string;
  tmCreate?: Timestamp | undefined;
  tmUpdate?: Timestamp | undefined;
}

/** Opens one stream. */
export type Open<Req, Res> = (request: Req, signal: AbortSignal) => AsyncIterable<Res>;

/**
 * A stream of events, in order, without gaps or duplicates: `for await (const it of watch)`. It reconnects by itself when the
 * connection breaks or the server restarts. If that happens during a snapshot or directly after it, all events since the
 * snapshot began are delivered, including those that the snapshot already reflects. A watch can be iterated only once.
 */
export class Watch<Req extends WatchRequest, Res extends Told> implements AsyncIterable<Res> {
  /** Resolves when the watch has begun; all events from then on are delivered. Waiting for it is optional. */
  readonly started: Promise<void>;
  readonly #open: Open<Req, Res>;
  readonly #shown: (response: Res) => Shown | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #closing: AbortSignal;
  readonly #patienceMs: number;
  readonly #progress: boolean;
  #request: Req;

  /** @internal Created by clients. */
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
    // The iteration reports the failure.
    this.started.catch(() => undefined);
  }

  /** The token from which another watch, in this or another process, can resume. Empty before the first response. */
  get resumeToken(): string {
    return this.#request.resumeToken;
  }

  /**
   * Gets the token of the current position with the snapshot of an empty watch. Without it, a watch that begins now would
   * lose the events that happen while its first connection breaks.
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

  /** Reads one stream. It is cancelled when the caller leaves, or when it is silent for too long. */
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
 * Removes duplicates from a snapshot that is sent again after a lost connection. It records the delivered responses until the
 * first one that is not part of the snapshot.
 */
class SnapshotMemory<Res extends Told> {
  readonly #shown: (response: Res) => Shown | undefined;
  readonly #times = new Map<string, number>();
  #over = false;

  constructor(shown: (response: Res) => Shown | undefined) {
    this.#shown = shown;
  }

  /** Whether a response was not delivered before. */
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
