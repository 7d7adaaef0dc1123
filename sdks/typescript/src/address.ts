import { create } from "@bufbuild/protobuf";
import { AddressSchema } from "./gen/index.js";
import type { Address } from "./gen/index.js";

/** Returns the address of a telephone number in E.164: `tel("+15550000001")`. */
export function tel(number: string): Address {
  return create(AddressSchema, { type: "tel", target: number });
}

/** Returns a SIP address, `user@host`. */
export function sip(address: string): Address {
  return create(AddressSchema, { type: "sip", target: address });
}

/** Returns the address of a registered endpoint. */
export function extension(number: string): Address {
  return create(AddressSchema, { type: "extension", target: number });
}

/** Returns an email address. */
export function email(address: string): Address {
  return create(AddressSchema, { type: "email", target: address });
}
