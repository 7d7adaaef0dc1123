import { Code, ConnectError } from "@connectrpc/connect";
import { RingdownError } from "./errors.js";

/** The maximum number of attempts of a call, including the first. */
const TRIES = 6;

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 3_000;

/**
 * Returns the delay before the next attempt: an exponential backoff up to a limit, half of it random, so that the clients of
 * a server that was unavailable do not all reconnect at the same time.
 */
export function pauseMs(triesBefore: number, error: RingdownError): number {
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (triesBefore - 1), LONGEST_PAUSE_MS);
  return Math.max(pause * (0.5 + Math.random() / 2), error.retryDelayMs ?? 0);
}

/** The codes of a broken connection. The server itself never returns them without a reason. */
const BROKEN = [Code.Aborted, Code.Canceled, Code.Internal, Code.Unknown];

/** Returns the error of a closed client. */
export function closedError(): RingdownError {
  return RingdownError.from(new ConnectError("the client is closed", Code.Canceled));
}

/**
 * Whether the server was unavailable or the connection was lost, so that a retry may succeed. False if one of the signals
 * is aborted.
 */
export function isPassing(error: RingdownError, ...signals: (AbortSignal | undefined)[]): boolean {
  if (signals.some((signal) => signal?.aborted) || error.isDistrust) return false;
  return error.code === Code.Unavailable || (BROKEN.includes(error.code) && error.reason === "");
}

/** Waits, unless the caller aborts. */
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
 * Runs `attempt` with the remaining time, and retries it while the server is unavailable and time remains. A timeout of 0 or
 * less means no deadline.
 */
export async function retry<T>(
  timeoutMs: number,
  signal: AbortSignal | undefined,
  attempt: (timeoutMs: number) => Promise<T>,
): Promise<T> {
  const end = timeoutMs > 0 ? performance.now() + timeoutMs : Infinity;
  for (let tries = 1; ; tries++) {
    // gRPC transmits deadlines in whole milliseconds.
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
