/** The exports that Node.js and browsers have in common. */
export { Code } from "@connectrpc/connect";
export { email, extension, sip, tel } from "./address.js";
export { RingdownError } from "./errors.js";
export type { FieldViolation } from "./errors.js";
export { flow, FlowBuilder } from "./flow.js";
export type { ActionCase, ActionInit, Target } from "./flow.js";
export * from "./gen/index.js";
export { listAll } from "./pages.js";
export { Watch } from "./watch.js";
export type { WatchOptions } from "./watch.js";
