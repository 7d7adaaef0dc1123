import { Code, ConnectError } from "@connectrpc/connect";
import { RingdownError } from "./errors.js";

/** How often a call is tried at most, the first time included. */
const TRIES = 6;

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 3_000;

/**
 * How long to wait before the next try: twice as long each time up to a bound, of which half is left to chance, so that the
 * clients of a server that was away do not come back all at once.
 */
export function pauseMs(triesBefore: number, error: RingdownError): number {
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (triesBefore - 1), LONGEST_PAUSE_MS);
  return Math.max(pause * (0.5 + Math.random() / 2), error.retryDelayMs ?? 0);
}

/** How a connection that broke is told. The server itself never answers so without a reason. */
const BROKEN = [Code.Aborted, Code.Canceled, Code.Internal, Code.Unknown];

/** What is said of a client that was closed. */
export function closedError(): RingdownError {
  return RingdownError.from(new ConnectError("the client is closed", Code.Canceled));
}

/**
 * Whether the server was away, or the connection to it was lost: another try may do better. Not where one of the signals
 * says that nobody wants another.
 */
export function isPassing(error: RingdownError, ...signals: (AbortSignal | undefined)[]): boolean {
  if (signals.some((signal) => signal?.aborted) || error.isDistrust) return false;
  return error.code === Code.Unavailable || (BROKEN.includes(error.code) && error.reason === "");
}

/** Waits, unless the caller gives up meanwhile. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(RingdownError.from(new ConnectError("the caller gave up", Code.Canceled)));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}

/**
 * Runs `attempt` with the time that is left, again while the server is away and there is time. A timeout of 0 or less
 * means that there is none.
 */
export async function retry<T>(
  timeoutMs: number,
  signal: AbortSignal | undefined,
  attempt: (timeoutMs: number) => Promise<T>,
): Promise<T> {
  const end = timeoutMs > 0 ? performance.now() + timeoutMs : Infinity;
  for (let tries = 1; ; tries++) {
    // gRPC tells the server whole milliseconds.
    const left = end === Infinity ? timeoutMs : Math.max(Math.ceil(end - performance.now()), 1);
    try {
      return await attempt(left);
    } catch (cause) {
      const error = RingdownError.from(cause);
      const wait = pauseMs(tries, error);
      if (!isPassing(error, signal) || tries >= TRIES || performance.now() + wait >= end) throw error;
      await pause(wait, signal);
    }
  }
}
