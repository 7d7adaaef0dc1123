import { create } from "@bufbuild/protobuf";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Services } from "./client.js";
import { Actions } from "./gen/actions.js";
import { ActionSchema } from "./gen/index.js";
import type { Action, Address, ReferenceType, ValidateFlowResponse } from "./gen/index.js";
import { uuid } from "./uuid.js";

/** Reserved id: the flow ends here. */
const FINISH = "00000000-0000-0000-0000-000000000002";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type Option = NonNullable<MessageInitShape<typeof ActionSchema>["option"]>;

/** The name of an action, as `talk`. */
export type ActionCase = NonNullable<Option["case"]>;

/** What an action may be given. */
export type ActionInit<C extends ActionCase> = NonNullable<Extract<Option, { case: C }>["value"]>;

/** Everything that an action may be given but what its helper asks for already. */
type More<C extends ActionCase, Asked extends string> = Omit<ActionInit<C>, Asked | "$typeName" | "$unknown">;

/** Where to jump: another flow, which becomes a part of this one; or a label; or the id of an action. */
export type Target = FlowBuilder | string;

type IdOf = (target: Target) => string;

interface Step {
  readonly label: string | undefined;
  readonly targets: readonly Target[];
  readonly option: (idOf: IdOf) => Option;
}

/**
 * A flow in the making: `flow.talk("For sales, press 1.").digits({ length: 1 }).branch({ "1": sales })`.
 *
 * Every method gives a new flow and leaves this one as it is, so that beginnings can be shared. A flow that is a target is
 * put behind the others, and the run ends where it ends.
 *
 * There is a method for every action of the contract, under its name, that takes its options. What jumps is called `branch`,
 * `goto` and `if…`.
 */
export class FlowBuilder extends Actions {
  readonly #steps: readonly Step[];
  readonly #label: string | undefined;
  #ids: readonly string[] | undefined;

  /** @internal Flows begin with `flow`. */
  constructor(steps: readonly Step[], label?: string) {
    super();
    this.#steps = steps;
    this.#label = label;
  }

  override add<C extends ActionCase>(name: C, init: ActionInit<C>): FlowBuilder {
    return this.#step([], () => ({ case: name, value: init }) as Option);
  }

  /** Names the action that comes next, so that others can jump to it. */
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

  /** Jumps by the digits that were collected last, or by the value of another variable; without a match to the default. */
  branch(targets: Record<string, Target>, more: { variable?: string; default?: Target } = {}): FlowBuilder {
    const { default: otherwise, ...rest } = more;
    const all = Object.values(targets);
    return this.#step(otherwise === undefined ? all : [...all, otherwise], (idOf) => {
      const targetIds = Object.fromEntries(Object.entries(targets).map(([value, target]) => [value, idOf(target)]));
      const byDefault = otherwise === undefined ? {} : { defaultTargetId: idOf(otherwise) };
      return { case: "branch", value: { ...rest, targetIds, ...byDefault } };
    });
  }

  /** Jumps, so many times; then the flow goes on with the next action. */
  goto(target: Target, times: number): FlowBuilder {
    return this.#step([target], (idOf) => ({ case: "goto", value: { targetId: idOf(target), loopCount: times } }));
  }

  /** Goes on if the caller has pressed enough digits or one of the keys, else jumps. */
  ifDigits(init: { length?: number; key?: string }, otherwise: Target): FlowBuilder {
    return this.#if("conditionCallDigits", init, otherwise);
  }

  /** Goes on if the call has the status, else jumps. */
  ifStatus(status: string, otherwise: Target): FlowBuilder {
    return this.#if("conditionCallStatus", { status }, otherwise);
  }

  /** Goes on if the time compares, else jumps. */
  ifDatetime(init: More<"conditionDatetime", "falseTargetId">, otherwise: Target): FlowBuilder {
    return this.#if("conditionDatetime", init, otherwise);
  }

  /** Goes on if the variable compares, else jumps: `ifVariable("${age}", ">=", 18, minor)`. */
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

  /** Waits, in milliseconds. */
  sleep(duration: number): FlowBuilder {
    return this.add("sleep", { duration });
  }

  /** Sets a variable. */
  set(key: string, value: string): FlowBuilder {
    return this.add("variableSet", { key, value });
  }

  /** Connects the call to the first of these that answers. */
  connect(destinations: Address[], more: More<"connect", "destinations"> = {}): FlowBuilder {
    return this.add("connect", { ...more, destinations });
  }

  /** Sends digits to the far end. */
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

  /** Sends a web request. */
  webhook(uri: string, more: More<"webhookSend", "uri"> = {}): FlowBuilder {
    return this.add("webhookSend", { ...more, uri });
  }

  /** Runs the actions that a web server answers with, then comes back. */
  fetch(eventUrl: string, more: More<"fetch", "eventUrl"> = {}): FlowBuilder {
    return this.add("fetch", { ...more, eventUrl });
  }

  /** Runs a saved flow, then comes back. */
  fetchFlow(flowId: string): FlowBuilder {
    return this.add("fetchFlow", { flowId });
  }

  /** The actions, as requests take them. The ids are the same each time. */
  actions(): Action[] {
    const flows = this.#parts();
    const all = flows.flatMap((flow) => flow.#labels());
    return flows.flatMap((flow, at) => {
      // Flows that begin alike have the same labels: each means its own.
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

  /** Asks the server what it thinks of the flow. Nothing is saved. */
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

  /** This flow and all that it leads to, each once. */
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

/** Where every flow begins. */
export const flow = new FlowBuilder([]);
