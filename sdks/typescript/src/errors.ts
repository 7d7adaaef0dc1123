import { Code, ConnectError } from "@connectrpc/connect";
import { durationMs } from "@bufbuild/protobuf/wkt";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RequestInfoSchema,
  RetryInfoSchema,
} from "./gen/google/rpc/error_details_pb.js";

/** An invalid field of a request. */
export interface FieldViolation {
  /** Path of the field, such as `actions[2].option.text`. */
  readonly field: string;
  /** Description of the problem. */
  readonly description: string;
}

/** The error of all methods of this SDK. */
export class RingdownError extends Error {
  /** The gRPC code, such as `Code.NotFound`. */
  readonly code: Code;
  /** The reason, a stable identifier such as `CALL_NOT_FOUND`. Empty if the server was not reached. */
  readonly reason: string;
  /** The invalid fields of the request. Often empty. */
  readonly fieldViolations: readonly FieldViolation[];
  /** The id of the request in the server's log. Empty if the server was not reached. */
  readonly requestId: string;
  /** The delay before a retry that the server requests, in milliseconds. */
  readonly retryDelayMs: number | undefined;
  /** @internal Whether the certificate of the server is not trusted: a retry cannot help. */
  readonly isDistrust: boolean;

  private constructor(error: ConnectError) {
    const [info] = error.findDetails(ErrorInfoSchema);
    const [bad] = error.findDetails(BadRequestSchema);
    const [request] = error.findDetails(RequestInfoSchema);
    const [retry] = error.findDetails(RetryInfoSchema);
    const violations = (bad?.fieldViolations ?? []).map(({ field, description }) => ({ field, description }));
    const wrong = violations.map((it) => `${it.field}: ${it.description}`);
    // The message already contains the problem if there is only one.
    const told = [error.rawMessage, ...wrong.filter((it) => !error.rawMessage.includes(it))].join("; ");
    const distrust = isDistrust(error);
    // The same code as in gRPC elsewhere: the server is unavailable.
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

  /** Converts any failure of a call to a RingdownError. */
  static from(cause: unknown): RingdownError {
    return cause instanceof RingdownError ? cause : new RingdownError(ConnectError.from(cause));
  }
}

/** Whether Node.js has rejected a certificate, as DEPTH_ZERO_SELF_SIGNED_CERT or ERR_TLS_CERT_ALTNAME_INVALID. */
function isDistrust(error: ConnectError): boolean {
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    if ("code" in cause && /CERT|LEAF_SIGNATURE/.test(String(cause.code))) return true;
  }
  return false;
}
