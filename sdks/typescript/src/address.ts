import { create } from "@bufbuild/protobuf";
import { AddressSchema } from "./gen/index.js";
import type { Address } from "./gen/index.js";

/** A telephone number, E.164: `tel("+15550000001")`. */
export function tel(number: string): Address {
  return create(AddressSchema, { type: "tel", target: number });
}

/** A SIP address, `user@host`. */
export function sip(address: string): Address {
  return create(AddressSchema, { type: "sip", target: address });
}

/** A registered endpoint. */
export function extension(number: string): Address {
  return create(AddressSchema, { type: "extension", target: number });
}

/** A mail address. */
export function email(address: string): Address {
  return create(AddressSchema, { type: "email", target: address });
}
