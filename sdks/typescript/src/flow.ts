import { create } from "@bufbuild/protobuf";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Services } from "./client.js";
import { Actions } from "./gen/actions.js";
import { ActionSchema } from "./gen/index.js";
import type { Action, Address, ReferenceType, ValidateFlowResponse } from "./gen/index.js";
import { uuid } from "./uuid.js";

/** The reserved id that ends a flow. */
const FINISH = "00000000-0000-0000-0000-000000000002";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type Option = NonNullable<MessageInitShape<typeof ActionSchema>["option"]>;

/** The name of a type of action, such as `talk`. */
export type ActionCase = NonNullable<Option["case"]>;

/** The options of an action. */
export type ActionInit<C extends ActionCase> = NonNullable<Extract<Option, { case: C }>["value"]>;

/** The options of an action except those that its helper takes as parameters. */
type More<C extends ActionCase, Asked extends string> = Omit<ActionInit<C>, Asked | "$typeName" | "$unknown">;

/** A jump target: another flow, which becomes part of this one, a label, or the id of an action. */
export type Target = FlowBuilder | string;

type IdOf = (target: Target) => string;

interface Step {
  readonly label: string | undefined;
  readonly targets: readonly Target[];
  readonly option: (idOf: IdOf) => Option;
}

/**
 * An immutable builder of flows: `flow.talk("For sales, press 1.").digits({ length: 1 }).branch({ "1": sales })`.
 *
 * Every method returns a new flow and does not change this one, so that flows can share a beginning. A flow that is a target
 * is appended to the actions, and the run ends at its end.
 *
 * There is a method for each type of action, with the same name, which takes the options of the action. The methods that
 * jump are `branch`, `goto` and `if…`.
 */
export class FlowBuilder extends Actions {
  readonly #steps: readonly Step[];
  readonly #label: string | undefined;
  #ids: readonly string[] | undefined;

  /** @internal Use `flow`. */
  constructor(steps: readonly Step[], label?: string) {
    super();
    this.#steps = steps;
    this.#label = label;
  }

  override add<C extends ActionCase>(name: C, init: ActionInit<C>): FlowBuilder {
    return this.#step([], () => ({ case: name, value: init }) as Option);
  }

  /** Labels the next action, so that others can jump to it. */
  label(name: string): FlowBuilder {
    const taken = this.#label === name || this.#steps.some(({ label }) => label === name);
    if (taken) throw new Error(`the label ${name} is taken in this flow`);
    if (this.#label !== undefined) throw new Error(`no action comes between the labels ${this.#label} and ${name}`);
    return new FlowBuilder(this.#steps, name);
  }

  /** Speaks a text. */
  talk(text: string, more: More<"talk", "text"> = {}): FlowBuilder {
    return this.add("talk", { ...more, text });
  }

  /** Collects digits. */
  digits(init: ActionInit<"digitsReceive"> = {}): FlowBuilder {
    return this.add("digitsReceive", init);
  }

  /** Jumps by the digits that were collected last, or by another variable; if no value matches, to the default. */
  branch(targets: Record<string, Target>, more: { variable?: string; default?: Target } = {}): FlowBuilder {
    const { default: otherwise, ...rest } = more;
    const all = Object.values(targets);
    return this.#step(otherwise === undefined ? all : [...all, otherwise], (idOf) => {
      const targetIds = Object.fromEntries(Object.entries(targets).map(([value, target]) => [value, idOf(target)]));
      const byDefault = otherwise === undefined ? {} : { defaultTargetId: idOf(otherwise) };
      return { case: "branch", value: { ...rest, targetIds, ...byDefault } };
    });
  }

  /** Jumps a number of times, then continues with the next action. */
  goto(target: Target, times: number): FlowBuilder {
    return this.#step([target], (idOf) => ({ case: "goto", value: { targetId: idOf(target), loopCount: times } }));
  }

  /** Continues if the caller has pressed enough digits or one of the keys, or else jumps. */
  ifDigits(init: { length?: number; key?: string }, otherwise: Target): FlowBuilder {
    return this.#if("conditionCallDigits", init, otherwise);
  }

  /** Continues if the call has the status, or else jumps. */
  ifStatus(status: string, otherwise: Target): FlowBuilder {
    return this.#if("conditionCallStatus", { status }, otherwise);
  }

  /** Continues if the current time meets the condition, or else jumps. */
  ifDatetime(init: More<"conditionDatetime", "falseTargetId">, otherwise: Target): FlowBuilder {
    return this.#if("conditionDatetime", init, otherwise);
  }

  /** Continues if the variable meets the condition, or else jumps: `ifVariable("${age}", ">=", 18, minor)`. */
  ifVariable(variable: string, condition: string, value: string | number, otherwise: Target): FlowBuilder {
    const compared =
      typeof value === "number"
        ? { valueType: "number", valueNumber: value }
        : { valueType: "string", valueString: value };
    return this.#if("conditionVariable", { variable, condition, ...compared }, otherwise);
  }

  /** Plays media files in order. */
  play(...urls: string[]): FlowBuilder {
    return this.add("play", { streamUrls: urls });
  }

  /** Waits for a time in milliseconds. */
  sleep(duration: number): FlowBuilder {
    return this.add("sleep", { duration });
  }

  /** Sets a variable. */
  set(key: string, value: string): FlowBuilder {
    return this.add("variableSet", { key, value });
  }

  /** Connects the call to the first destination that answers. */
  connect(destinations: Address[], more: More<"connect", "destinations"> = {}): FlowBuilder {
    return this.add("connect", { ...more, destinations });
  }

  /** Sends digits to the remote party. */
  sendDigits(digits: string, more: More<"digitsSend", "digits"> = {}): FlowBuilder {
    return this.add("digitsSend", { ...more, digits });
  }

  /** Starts recording the call. */
  record(init: ActionInit<"recordingStart"> = {}): FlowBuilder {
    return this.add("recordingStart", init);
  }

  /** Sends a text message. */
  message(destinations: Address[], text: string, more: More<"messageSend", "destinations" | "text"> = {}): FlowBuilder {
    return this.add("messageSend", { ...more, destinations, text });
  }

  /** Sends an HTTP request. */
  webhook(uri: string, more: More<"webhookSend", "uri"> = {}): FlowBuilder {
    return this.add("webhookSend", { ...more, uri });
  }

  /** Runs the actions that a web server returns, then continues. */
  fetch(eventUrl: string, more: More<"fetch", "eventUrl"> = {}): FlowBuilder {
    return this.add("fetch", { ...more, eventUrl });
  }

  /** Runs a saved flow, then continues. */
  fetchFlow(flowId: string): FlowBuilder {
    return this.add("fetchFlow", { flowId });
  }

  /** Returns the actions for a request. Their ids are always the same. */
  actions(): Action[] {
    const flows = this.#parts();
    const all = flows.flatMap((flow) => flow.#labels());
    return flows.flatMap((flow, at) => {
      // Flows that share a beginning have the same labels; each resolves its own.
      const labels = new Map([...all, ...flow.#labels()]);
      const idOf = (target: Target) => (typeof target === "string" ? named(target, labels) : target.#firstId());
      const last = at === flows.length - 1 ? "" : FINISH;
      const ids = flow.#stepIds();
      return flow.#steps.map((step, at) => {
        const nextId = at === ids.length - 1 ? last : "";
        return create(ActionSchema, { id: ids[at]!, nextId, option: step.option(idOf) });
      });
    });
  }

  /** Checks the flow on the server, without saving it. */
  validate(client: Pick<Services, "flows">, referenceType?: ReferenceType): Promise<ValidateFlowResponse> {
    const asked = referenceType === undefined ? {} : { referenceType };
    return client.flows.validateFlow({ actions: this.actions(), ...asked });
  }

  #step(targets: readonly Target[], option: (idOf: IdOf) => Option): FlowBuilder {
    return new FlowBuilder([...this.#steps, { label: this.#label, targets, option }]);
  }

  #if(name: ActionCase, init: object, otherwise: Target): FlowBuilder {
    const option = (idOf: IdOf) => ({ case: name, value: { ...init, falseTargetId: idOf(otherwise) } }) as Option;
    return this.#step([otherwise], option);
  }

  /** Returns this flow and all flows that it jumps to, without duplicates. */
  #parts(): FlowBuilder[] {
    const parts = new Set<FlowBuilder>([this]);
    for (const part of parts) {
      if (part.#label !== undefined) throw new Error(`no action comes after the label ${part.#label}`);
      for (const target of part.#steps.flatMap((step) => step.targets)) {
        if (target instanceof FlowBuilder) parts.add(target);
      }
    }
    return [...parts];
  }

  #stepIds(): readonly string[] {
    return (this.#ids ??= this.#steps.map(() => uuid()));
  }

  #firstId(): string {
    const [first] = this.#stepIds();
    if (first === undefined) throw new Error("a flow that is jumped to has at least one action");
    return first;
  }

  #labels(): [string, string][] {
    const ids = this.#stepIds();
    return this.#steps.flatMap((step, at) => (step.label === undefined ? [] : [[step.label, ids[at]!]]));
  }
}

function named(target: string, labels: ReadonlyMap<string, string>): string {
  const id = labels.get(target) ?? (UUID.test(target) ? target : undefined);
  if (id === undefined) throw new Error(`no action has the label ${target}`);
  return id;
}

/** The empty flow, with which every flow begins. */
export const flow = new FlowBuilder([]);
