import { clone, create, getOption } from "@bufbuild/protobuf";
import type { DescMessage, DescMethod, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import type { Transport } from "@connectrpc/connect";
import { RingdownError } from "./errors.js";
import { http } from "./gen/google/api/annotations_pb.js";
import { closedError, retry } from "./retry.js";
import { uuid } from "./uuid.js";

/** Adds the credential, the deadline, the retries and the error type to a transport, until `closing`. */
export function ringdownTransport(
  inner: Transport,
  key: string,
  defaultTimeoutMs: number,
  closing: AbortSignal,
): Transport {
  const headers = (given: HeadersInit | undefined) => {
    const headers = new Headers(given);
    if (key !== "" && !headers.has("authorization")) headers.set("authorization", `Bearer ${key}`);
    return headers;
  };
  const told = (cause: unknown) => (closing.aborted ? closedError() : RingdownError.from(cause));
  return {
    async unary(method, signal, timeoutMs = defaultTimeoutMs, header, input, contextValues) {
      const message = withIdempotencyKey(method.input, input);
      const ends = either(signal, closing);
      const attempt = (left: number) =>
        inner.unary(method, ends.signal, left, headers(header), message, contextValues);
      try {
        return await (isSafeToRepeat(method) ? retry(timeoutMs, ends.signal, attempt) : attempt(timeoutMs));
      } catch (cause) {
        throw told(cause);
      } finally {
        ends.forget();
      }
    },
    async stream(method, signal, timeoutMs, header, input, contextValues) {
      const ends = either(signal, closing);
      try {
        const response = await inner.stream(method, ends.signal, timeoutMs, headers(header), input, contextValues);
        return { ...response, message: toldAsOurs(response.message, told, ends.forget) };
      } catch (cause) {
        ends.forget();
        throw told(cause);
      }
    },
  };
}

/** Returns a signal that aborts with either of these, until `forget` is called. */
function either(given: AbortSignal | undefined, closing: AbortSignal): { signal: AbortSignal; forget: () => void } {
  const controller = new AbortController();
  const signals = given === undefined ? [closing] : [given, closing];
  const abort = () => {
    controller.abort();
  };
  for (const signal of signals) {
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
  }
  const forget = () => {
    for (const signal of signals) signal.removeEventListener("abort", abort);
  };
  return { signal: controller.signal, forget };
}

/** Whether an RPC is safe to retry: it only reads, or has an idempotency key, which is always set. */
function isSafeToRepeat(method: DescMethod): boolean {
  const reads =
    method.idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS ||
    getOption(method, http).pattern.case === "get";
  return reads || method.input.field["idempotencyKey"] !== undefined;
}

/** Sets a key that all attempts of a call share, so that the server performs it only once. A key of the caller is kept. */
function withIdempotencyKey<I extends DescMessage>(schema: I, input: MessageInitShape<I>): MessageShape<I> {
  const message = create(schema, input);
  if (schema.field["idempotencyKey"] === undefined) return message;
  const keyed = clone(schema, message) as MessageShape<I> & { idempotencyKey: string };
  keyed.idempotencyKey ||= uuid();
  return keyed;
}

async function* toldAsOurs<T>(
  messages: AsyncIterable<T>,
  told: (cause: unknown) => RingdownError,
  forget: () => void,
): AsyncGenerator<T> {
  try {
    yield* messages;
  } catch (cause) {
    throw told(cause);
  } finally {
    forget();
  }
}
