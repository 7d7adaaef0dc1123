import { clone, create, getOption } from "@bufbuild/protobuf";
import type { DescMessage, DescMethod, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import type { Transport } from "@connectrpc/connect";
import { RingdownError } from "./errors.js";
import { http } from "./gen/google/api/annotations_pb.js";
import { retry } from "./retry.js";
import { uuid } from "./uuid.js";

/** Reads that are POST in REST, because what they are asked does not fit a query. */
const READS = new Set(["ValidateFlow", "SimulateFlow"]);

/** Puts the credential, the deadline, the retries and the one error type around a transport. */
export function ringdownTransport(inner: Transport, key: string, defaultTimeoutMs: number): Transport {
  const headers = (given: HeadersInit | undefined) => {
    const headers = new Headers(given);
    if (key !== "" && !headers.has("authorization")) headers.set("authorization", `Bearer ${key}`);
    return headers;
  };
  return {
    async unary(method, signal, timeoutMs = defaultTimeoutMs, header, input, contextValues) {
      const message = withIdempotencyKey(method.input, input);
      const attempt = (left: number) =>
        inner.unary(method, signal, left, headers(header), message, contextValues);
      try {
        return await (isSafeToRepeat(method) ? retry(timeoutMs, signal, attempt) : attempt(timeoutMs));
      } catch (cause) {
        throw RingdownError.from(cause);
      }
    },
    async stream(method, signal, timeoutMs, header, input, contextValues) {
      try {
        const response = await inner.stream(method, signal, timeoutMs, headers(header), input, contextValues);
        return { ...response, message: toldAsOurs(response.message) };
      } catch (cause) {
        throw RingdownError.from(cause);
      }
    },
  };
}

/** Reads are, and what has an idempotency key, which is always filled in. */
function isSafeToRepeat(method: DescMethod): boolean {
  const reads = getOption(method, http).pattern.case === "get" || READS.has(method.name);
  return reads || method.input.field["idempotencyKey"] !== undefined;
}

/** The same key goes with each try of a call, so that the server does the work once. The caller's own is kept. */
function withIdempotencyKey<I extends DescMessage>(schema: I, input: MessageInitShape<I>): MessageShape<I> {
  const message = create(schema, input);
  if (schema.field["idempotencyKey"] === undefined) return message;
  const keyed = clone(schema, message) as MessageShape<I> & { idempotencyKey: string };
  keyed.idempotencyKey ||= uuid();
  return keyed;
}

async function* toldAsOurs<T>(messages: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* messages;
  } catch (cause) {
    throw RingdownError.from(cause);
  }
}
