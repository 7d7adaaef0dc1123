import { Code, ConnectError } from "@connectrpc/connect";
import { durationMs } from "@bufbuild/protobuf/wkt";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RequestInfoSchema,
  RetryInfoSchema,
} from "./gen/google/rpc/error_details_pb.js";

/** A field of a request that is at fault. */
export interface FieldViolation {
  /** Path of the field, as `actions[2].option.text`. */
  readonly field: string;
  /** What was expected. */
  readonly description: string;
}

/** What every call of this SDK fails with. */
export class RingdownError extends Error {
  /** The gRPC code, as `Code.NotFound`. */
  readonly code: Code;
  /** The reason in one word, as `CALL_NOT_FOUND`. Empty where the server was not reached. */
  readonly reason: string;
  /** The fields of the request that are at fault. Often empty. */
  readonly fieldViolations: readonly FieldViolation[];
  /** The id of the request, as it stands in the server's log. Empty where the server was not reached. */
  readonly requestId: string;
  /** How long the server asks to wait before another try, in milliseconds. */
  readonly retryDelayMs: number | undefined;
  /** @internal Whether it is the server's certificate that is not trusted: another try does no better. */
  readonly isDistrust: boolean;

  private constructor(error: ConnectError) {
    const [info] = error.findDetails(ErrorInfoSchema);
    const [bad] = error.findDetails(BadRequestSchema);
    const [request] = error.findDetails(RequestInfoSchema);
    const [retry] = error.findDetails(RetryInfoSchema);
    const violations = (bad?.fieldViolations ?? []).map(({ field, description }) => ({ field, description }));
    const wrong = violations.map((it) => `${it.field}: ${it.description}`);
    // A message tells of what is wrong in one field by itself.
    const told = [error.rawMessage, ...wrong.filter((it) => !error.rawMessage.includes(it))].join("; ");
    const distrust = isDistrust(error);
    // As over gRPC everywhere else: a server that is not there.
    const code = distrust ? Code.Unavailable : error.code;
    super(`${info?.reason ?? Code[code]}: ${told}`, { cause: error });
    this.name = "RingdownError";
    this.isDistrust = distrust;
    this.code = code;
    this.reason = info?.reason ?? "";
    this.fieldViolations = violations;
    this.requestId = request?.requestId ?? error.metadata.get("x-request-id") ?? "";
    this.retryDelayMs = retry?.retryDelay && durationMs(retry.retryDelay);
  }

  /** Anything that a call may fail with, as a RingdownError. */
  static from(cause: unknown): RingdownError {
    return cause instanceof RingdownError ? cause : new RingdownError(ConnectError.from(cause));
  }
}

/** Whether Node.js has refused a certificate, as DEPTH_ZERO_SELF_SIGNED_CERT or ERR_TLS_CERT_ALTNAME_INVALID. */
function isDistrust(error: ConnectError): boolean {
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    if ("code" in cause && /CERT|LEAF_SIGNATURE/.test(String(cause.code))) return true;
  }
  return false;
}
