package ringdown

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	v1 "github.com/ringdown-voice/ringdown/sdks/go/ringdown/v1"
)

// finish is the reserved id that ends a flow.
const finish = "00000000-0000-0000-0000-000000000002"

// Flow is a list of actions in the making: Flow{}.Talk("Hello.").Hangup(). Every method gives a new flow and leaves the
// old one as it is. Ids are made when an action is added, so that the same flow gives the same actions every time. What is
// wrong is told by [Flow.Actions].
//
// There is a method for every action of the contract, under its name; what jumps is called Branch, Goto and If…. Where a
// method takes options, it may be given none.
type Flow struct {
	actions []*v1.Action
	// By the id of an action and the path of a field in it.
	targets    map[string]map[string]Target
	labels     map[string]string
	openLabels []string
	err        error
}

// Target is where to jump: a [Flow], the name of a [Label] or an [ActionID].
type Target interface {
	find(labels map[string]string) (string, error)
}

// Targets are where to jump, by value.
type Targets map[string]Target

// Label is the name of an action, given by [Flow.Label].
type Label string

// ActionID is the id of an action.
type ActionID string

func (flow Flow) find(map[string]string) (string, error) {
	if len(flow.actions) == 0 {
		return "", fmt.Errorf("target: expected a flow with an action")
	}
	return flow.actions[0].GetId(), nil
}

func (label Label) find(labels map[string]string) (string, error) {
	if id, has := labels[string(label)]; has {
		return id, nil
	}
	return "", fmt.Errorf("target: expected a label of this flow, not %q", string(label))
}

func (id ActionID) find(map[string]string) (string, error) { return string(id), nil }

func (flow Flow) copy() Flow {
	flow.actions = slices.Clone(flow.actions)
	flow.targets = maps.Clone(flow.targets)
	flow.labels = maps.Clone(flow.labels)
	flow.openLabels = slices.Clone(flow.openLabels)
	if flow.targets == nil {
		flow.targets = map[string]map[string]Target{}
		flow.labels = map[string]string{}
	}
	return flow
}

// Add adds an action by its option, such as &v1.EchoOption{}.
func (flow Flow) Add(option proto.Message) Flow {
	return flow.add(option, nil)
}

func (flow Flow) add(option proto.Message, targets map[string]Target) Flow {
	flow = flow.copy()
	action := &v1.Action{Id: uuid.NewString()}
	member := memberOf(action, option)
	if member == nil {
		flow.err = firstError(flow.err, fmt.Errorf("option: expected that of an action, not %T", option))
		return flow
	}
	action.ProtoReflect().Set(member, protoreflect.ValueOfMessage(proto.Clone(option).ProtoReflect()))
	flow.actions = append(flow.actions, action)
	flow.targets[action.GetId()] = targets
	for _, name := range flow.openLabels {
		flow.labels[name] = action.GetId()
	}
	flow.openLabels = nil
	return flow
}

// memberOf finds the member of an action that holds such an option.
func memberOf(action *v1.Action, option proto.Message) protoreflect.FieldDescriptor {
	members := action.ProtoReflect().Descriptor().Oneofs().ByName("option").Fields()
	for i := range members.Len() {
		if members.Get(i).Message().FullName() == option.ProtoReflect().Descriptor().FullName() {
			return members.Get(i)
		}
	}
	return nil
}

// Label names the action that is added next, so that others can jump to it.
func (flow Flow) Label(name string) Flow {
	flow = flow.copy()
	if _, taken := flow.labels[name]; taken || slices.Contains(flow.openLabels, name) {
		flow.err = firstError(flow.err, fmt.Errorf("label %q: expected a name that is not taken in this flow", name))
	}
	flow.openLabels = append(flow.openLabels, name)
	return flow
}

// Then says what comes after the last action, instead of the next in the list.
func (flow Flow) Then(target Target) Flow {
	flow = flow.copy()
	if len(flow.actions) == 0 {
		flow.err = firstError(flow.err, fmt.Errorf("then: expected a flow with an action"))
		return flow
	}
	last := flow.actions[len(flow.actions)-1].GetId()
	targets := maps.Clone(flow.targets[last])
	if targets == nil {
		targets = map[string]Target{}
	}
	targets["next_id"] = target
	flow.targets[last] = targets
	return flow
}

// Talk speaks a text; options say what else there is to say of it.
func (flow Flow) Talk(text string, options ...*v1.TalkOption) Flow {
	return flow.Add(merged(&v1.TalkOption{Text: &text}, options))
}

// Prompt speaks a text that the first digit cuts off; the digit counts for what comes next.
func (flow Flow) Prompt(text string, options ...*v1.TalkOption) Flow {
	return flow.Add(merged(&v1.TalkOption{Text: &text, DigitsHandle: proto.String("next")}, options))
}

// Digits collects so many digits; 0: no limit.
func (flow Flow) Digits(length int32, options ...*v1.DigitsReceiveOption) Flow {
	return flow.Add(merged(&v1.DigitsReceiveOption{Length: &length}, options))
}

// Branch jumps by the digits that were collected last. Without a match the flow goes on with the next action.
func (flow Flow) Branch(targets Targets) Flow {
	return flow.BranchBy(&v1.BranchOption{}, targets, nil)
}

// BranchBy jumps by what the option says; otherwise is where to jump when no value matches, nil: to the next action.
func (flow Flow) BranchBy(option *v1.BranchOption, targets Targets, otherwise Target) Flow {
	found := map[string]Target{}
	for value, target := range targets {
		found["target_ids/"+value] = target
	}
	if otherwise != nil {
		found["default_target_id"] = otherwise
	}
	return flow.add(option, found)
}

// IfDigits goes on with the next action when the caller has pressed enough digits or one of the keys, and else jumps.
func (flow Flow) IfDigits(option *v1.ConditionCallDigitsOption, otherwise Target) Flow {
	return flow.condition(option, otherwise)
}

// IfStatus goes on with the next action when the call has the status, such as "progressing", and else jumps.
func (flow Flow) IfStatus(status string, otherwise Target) Flow {
	return flow.condition(&v1.ConditionCallStatusOption{Status: &status}, otherwise)
}

// IfDatetime goes on with the next action when the time compares, and else jumps.
func (flow Flow) IfDatetime(option *v1.ConditionDatetimeOption, otherwise Target) Flow {
	return flow.condition(option, otherwise)
}

// IfVariable goes on with the next action when the variable compares, and else jumps.
func (flow Flow) IfVariable(option *v1.ConditionVariableOption, otherwise Target) Flow {
	return flow.condition(option, otherwise)
}

func (flow Flow) condition(option proto.Message, otherwise Target) Flow {
	return flow.add(option, map[string]Target{"false_target_id": otherwise})
}

// Goto jumps, so many times.
func (flow Flow) Goto(target Target, times int32) Flow {
	return flow.add(&v1.GotoOption{LoopCount: &times}, map[string]Target{"target_id": target})
}

// Play plays media files in order.
func (flow Flow) Play(urls ...string) Flow { return flow.Add(&v1.PlayOption{StreamUrls: urls}) }

// Connect dials all destinations at once and connects the call with the first that answers.
func (flow Flow) Connect(destinations []*v1.Address, options ...*v1.ConnectOption) Flow {
	return flow.Add(merged(&v1.ConnectOption{Destinations: destinations}, options))
}

// Sleep waits, to the millisecond; the server takes at most 24 days.
func (flow Flow) Sleep(duration time.Duration) Flow {
	milliseconds := max(math.MinInt32, min(duration.Milliseconds(), math.MaxInt32))
	return flow.Add(&v1.SleepOption{Duration: proto.Int32(int32(milliseconds))})
}

// SetVariable sets a variable.
func (flow Flow) SetVariable(key, value string) Flow {
	return flow.Add(&v1.VariableSetOption{Key: &key, Value: &value})
}

// Validate asks the server whether it would take the flow.
func (flow Flow) Validate(ctx context.Context, client *Client) (*v1.ValidateFlowResponse, error) {
	actions, err := flow.Actions()
	if err != nil {
		return nil, err
	}
	return client.ValidateFlow(ctx, &v1.ValidateFlowRequest{Actions: actions})
}

// merged gives an option with all that the others say too.
func merged[Option proto.Message](option Option, others []Option) Option {
	for _, other := range others {
		proto.Merge(option, other)
	}
	return option
}

func firstError(one, other error) error {
	if one != nil {
		return one
	}
	return other
}
