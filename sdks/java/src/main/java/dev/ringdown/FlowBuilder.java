package dev.ringdown;

import dev.ringdown.v1.Action;
import dev.ringdown.v1.Address;
import dev.ringdown.v1.BranchOption;
import dev.ringdown.v1.ConditionCallDigitsOption;
import dev.ringdown.v1.ConditionCallStatusOption;
import dev.ringdown.v1.ConditionDatetimeOption;
import dev.ringdown.v1.ConditionVariableOption;
import dev.ringdown.v1.GotoOption;
import dev.ringdown.v1.ValidateFlowRequest;
import dev.ringdown.v1.ValidateFlowResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * An immutable builder of flows: {@code flow().talk("For sales, press 1.").digits(1).branch(Map.of("1", sales))}.
 *
 * <p>Every method returns a new flow and does not change this one, so that flows can share a beginning. A jump target is
 * another flow, which becomes part of this one, or a string: a label or the id of an action. A flow that is a target is
 * appended to the actions, and the run ends at its end.
 */
public final class FlowBuilder extends Actions {
    /** The reserved id that ends a flow. */
    private static final String FINISH = "00000000-0000-0000-0000-000000000002";

    private static final Pattern ID = Pattern.compile("(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final List<Step> steps;
    /** The ids of the steps. Flows that share a beginning have separate ids. */
    private final List<String> ids;
    /** The label of the next action; null if there is none. */
    private final String label;

    /** The targets of an action, and a function that creates it from the ids of its targets. */
    private record Step(String label, List<Object> targets, Function<Function<Object, String>, Action.Builder> action) {}

    FlowBuilder() {
        this(List.of(), null);
    }

    private FlowBuilder(List<Step> steps, String label) {
        this.steps = steps;
        this.ids = steps.stream().map(it -> UUID.randomUUID().toString()).toList();
        this.label = label;
    }

    @Override
    FlowBuilder add(Action.Builder action) {
        return step(List.of(), idOf -> action.clone());
    }

    private FlowBuilder step(List<Object> targets, Function<Function<Object, String>, Action.Builder> action) {
        targets.forEach(FlowBuilder::checkTarget);
        List<Step> longer = new ArrayList<>(steps);
        longer.add(new Step(label, targets, action));
        return new FlowBuilder(List.copyOf(longer), null);
    }

    private static void checkTarget(Object target) {
        if (!(target instanceof FlowBuilder || target instanceof String)) {
            throw new IllegalArgumentException("expected a flow, a label or an id to jump to, got " + target);
        }
    }

    /**
     * Labels the next action, so that others can jump to it.
     *
     * @param name the name
     * @return a new flow with the label
     * @throws IllegalArgumentException if the label is taken in this flow, or another one waits for its action
     */
    public FlowBuilder label(String name) {
        if (name.equals(label) || steps.stream().anyMatch(it -> name.equals(it.label()))) {
            throw new IllegalArgumentException("the label " + name + " is taken in this flow");
        }
        if (label != null) {
            throw new IllegalArgumentException("no action comes between the labels " + label + " and " + name);
        }
        return new FlowBuilder(steps, name);
    }

    /**
     * Speaks a text.
     *
     * @param text the text, plain or SSML
     * @return a new flow with the action added
     */
    public FlowBuilder talk(String text) {
        return talk(it -> it.setText(text));
    }

    /**
     * Speaks a text. The first digit stops it and counts as input of the following action.
     *
     * @param text the text, plain or SSML
     * @return a new flow with the action added
     */
    public FlowBuilder prompt(String text) {
        return talk(it -> it.setText(text).setDigitsHandle("next"));
    }

    /**
     * Collects digits.
     *
     * @param length the number of digits; 0 means no limit
     * @return a new flow with the action added
     */
    public FlowBuilder digits(int length) {
        return digitsReceive(it -> it.setLength(length));
    }

    /**
     * Plays media files in order.
     *
     * @param urls the URLs of the files, {@code https://} or {@code http://}
     * @return a new flow with the action added
     */
    public FlowBuilder play(String... urls) {
        return play(it -> it.addAllStreamUrls(List.of(urls)));
    }

    /**
     * Waits. The wait survives a restart of the server.
     *
     * @param milliseconds the duration
     * @return a new flow with the action added
     */
    public FlowBuilder sleep(int milliseconds) {
        return sleep(it -> it.setDuration(milliseconds));
    }

    /**
     * Waits until a request continues the flow.
     *
     * @return a new flow with the action added
     */
    public FlowBuilder block() {
        return block(it -> {});
    }

    /**
     * Sets a variable.
     *
     * @param key name of the variable
     * @param value value of the variable
     * @return a new flow with the action added
     */
    public FlowBuilder set(String key, String value) {
        return variableSet(it -> it.setKey(key).setValue(value));
    }

    /**
     * Connects the call to the first destination that answers.
     *
     * @param destinations the addresses to dial
     * @return a new flow with the action added
     */
    public FlowBuilder connect(Address... destinations) {
        return connect(it -> it.addAllDestinations(List.of(destinations)));
    }

    /**
     * Hangs up the call, which ends the flow.
     *
     * @return a new flow with the action added
     */
    public FlowBuilder hangup() {
        return hangup(it -> {});
    }

    /**
     * Jumps by the digits that were collected last. If none match, the flow continues with the next action.
     *
     * @param targets the targets by digits: flows, labels or ids
     * @return a new flow with the action added
     */
    public FlowBuilder branch(Map<String, ?> targets) {
        return branch(BranchOption.newBuilder(), targets, List.of());
    }

    /**
     * Jumps by the digits that were collected last.
     *
     * @param targets the targets by digits: flows, labels or ids
     * @param otherwise the target if none match: a flow, a label or an id
     * @return a new flow with the action added
     */
    public FlowBuilder branch(Map<String, ?> targets, Object otherwise) {
        return branch(BranchOption.newBuilder(), targets, List.of(otherwise));
    }

    /**
     * Jumps by the value of a variable. If no value matches, the flow continues with the next action.
     *
     * @param variable name of the variable
     * @param targets the targets by value: flows, labels or ids
     * @return a new flow with the action added
     */
    public FlowBuilder branchOn(String variable, Map<String, ?> targets) {
        return branch(BranchOption.newBuilder().setVariable(variable), targets, List.of());
    }

    /**
     * Jumps by the value of a variable.
     *
     * @param variable name of the variable
     * @param targets the targets by value: flows, labels or ids
     * @param otherwise the target if none match: a flow, a label or an id
     * @return a new flow with the action added
     */
    public FlowBuilder branchOn(String variable, Map<String, ?> targets, Object otherwise) {
        return branch(BranchOption.newBuilder().setVariable(variable), targets, List.of(otherwise));
    }

    private FlowBuilder branch(BranchOption.Builder option, Map<String, ?> targets, List<Object> otherwise) {
        List<Object> all = new ArrayList<>(targets.values());
        all.addAll(otherwise);
        return step(List.copyOf(all), idOf -> {
            BranchOption.Builder branch = option.clone();
            targets.forEach((value, target) -> branch.putTargetIds(value, idOf.apply(target)));
            otherwise.forEach(target -> branch.setDefaultTargetId(idOf.apply(target)));
            return Action.newBuilder().setBranch(branch);
        });
    }

    /**
     * Jumps a number of times, then continues with the next action.
     *
     * @param target the target: a flow, a label or an id
     * @param times the number of jumps
     * @return a new flow with the action added
     */
    public FlowBuilder goTo(Object target, int times) {
        GotoOption.Builder option = GotoOption.newBuilder().setLoopCount(times);
        return jump(target, (action, id) -> action.setGoto(option.clone().setTargetId(id)));
    }

    /**
     * Continues if the caller has pressed enough digits or one of the keys, or else jumps.
     *
     * @param options sets the options of the action
     * @param otherwise the target: a flow, a label or an id
     * @return a new flow with the action added
     */
    public FlowBuilder ifDigits(Consumer<ConditionCallDigitsOption.Builder> options, Object otherwise) {
        ConditionCallDigitsOption.Builder option = ConditionCallDigitsOption.newBuilder();
        options.accept(option);
        return jump(otherwise, (action, id) -> action.setConditionCallDigits(option.clone().setFalseTargetId(id)));
    }

    /**
     * Continues if the call has the status, or else jumps.
     *
     * @param status the status, such as {@code progressing}
     * @param otherwise the target: a flow, a label or an id
     * @return a new flow with the action added
     */
    public FlowBuilder ifStatus(String status, Object otherwise) {
        ConditionCallStatusOption.Builder option = ConditionCallStatusOption.newBuilder().setStatus(status);
        return jump(otherwise, (action, id) -> action.setConditionCallStatus(option.clone().setFalseTargetId(id)));
    }

    /**
     * Continues if the current time meets the condition, or else jumps.
     *
     * @param options sets the options of the action
     * @param otherwise the target: a flow, a label or an id
     * @return a new flow with the action added
     */
    public FlowBuilder ifDatetime(Consumer<ConditionDatetimeOption.Builder> options, Object otherwise) {
        ConditionDatetimeOption.Builder option = ConditionDatetimeOption.newBuilder();
        options.accept(option);
        return jump(otherwise, (action, id) -> action.setConditionDatetime(option.clone().setFalseTargetId(id)));
    }

    /**
     * Continues if the variable meets the condition, or else jumps.
     *
     * @param options sets the options of the action
     * @param otherwise the target: a flow, a label or an id
     * @return a new flow with the action added
     */
    public FlowBuilder ifVariable(Consumer<ConditionVariableOption.Builder> options, Object otherwise) {
        ConditionVariableOption.Builder option = ConditionVariableOption.newBuilder();
        options.accept(option);
        return jump(otherwise, (action, id) -> action.setConditionVariable(option.clone().setFalseTargetId(id)));
    }

    private FlowBuilder jump(Object target, BiConsumer<Action.Builder, String> set) {
        return step(List.of(target), idOf -> {
            Action.Builder action = Action.newBuilder();
            set.accept(action, idOf.apply(target));
            return action;
        });
    }

    /**
     * Returns the actions for a request. Their ids are always the same.
     *
     * @return the actions
     * @throws IllegalStateException if a label has no action, or a target has no label
     */
    public List<Action> actions() {
        List<FlowBuilder> parts = parts();
        Map<String, String> labels = new HashMap<>();
        parts.forEach(part -> labels.putAll(part.labels()));
        List<Action> actions = new ArrayList<>();
        for (FlowBuilder part : parts) {
            // Flows that share a beginning have the same labels; each resolves its own.
            Map<String, String> own = new HashMap<>(labels);
            own.putAll(part.labels());
            boolean last = part == parts.get(parts.size() - 1);
            for (int at = 0; at < part.steps.size(); at++) {
                Action.Builder action = part.steps.get(at).action().apply(target -> idOf(target, own)).setId(part.ids.get(at));
                boolean ends = !last && at == part.steps.size() - 1;
                actions.add(action.setNextId(ends ? FINISH : "").build());
            }
        }
        return List.copyOf(actions);
    }

    /**
     * Checks the flow on the server, without saving it.
     *
     * @param client the client of the server
     * @return all problems, and warnings about actions that may have unexpected effects
     */
    public ValidateFlowResponse validate(Client client) {
        return client.flows().validateFlow(ValidateFlowRequest.newBuilder().addAllActions(actions()).build());
    }

    /** Returns this flow and all flows that it jumps to, without duplicates. */
    private List<FlowBuilder> parts() {
        LinkedHashSet<FlowBuilder> known = new LinkedHashSet<>(List.of(this));
        List<FlowBuilder> parts = new ArrayList<>(known);
        for (int at = 0; at < parts.size(); at++) {
            FlowBuilder part = parts.get(at);
            if (part.label != null) {
                throw new IllegalStateException("no action comes after the label " + part.label);
            }
            for (Step step : part.steps) {
                for (Object target : step.targets()) {
                    if (target instanceof FlowBuilder flow && known.add(flow)) {
                        parts.add(flow);
                    }
                }
            }
        }
        return parts;
    }

    private Map<String, String> labels() {
        Map<String, String> labels = new HashMap<>();
        IntStream.range(0, steps.size())
                .filter(at -> steps.get(at).label() != null)
                .forEach(at -> labels.put(steps.get(at).label(), ids.get(at)));
        return labels;
    }

    private static String idOf(Object target, Map<String, String> labels) {
        if (target instanceof FlowBuilder flow) {
            if (flow.ids.isEmpty()) {
                throw new IllegalStateException("a flow that is jumped to has at least one action");
            }
            return flow.ids.get(0);
        }
        String name = (String) target;
        String id = labels.getOrDefault(name, ID.matcher(name).matches() ? name : null);
        if (id == null) {
            throw new IllegalStateException("no action has the label " + name);
        }
        return id;
    }
}
