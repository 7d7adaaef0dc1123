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

// Flow is an immutable builder of a list of actions: Flow{}.Talk("Hello.").Hangup(). Every method returns a new flow and
// does not change the old one. Ids are created when an action is added, so that a flow always has the same actions.
// [Flow.Actions] reports errors.
//
// There is a method for each type of action, with the same name; the methods that jump are Branch, Goto and If….
// Options can be omitted.
type Flow struct {
	actions []*v1.Action
	// Targets by the id of an action and the path of a field in it.
	targets    map[string]map[string]Target
	labels     map[string]string
	openLabels []string
	err        error
}

// Target is a jump target: a [Flow], the name of a [Label] or an [ActionID].
type Target interface {
	find(labels map[string]string) (string, error)
}

// Targets are jump targets by value.
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

// memberOf returns the member of an action that holds this type of option.
func memberOf(action *v1.Action, option proto.Message) protoreflect.FieldDescriptor {
	members := action.ProtoReflect().Descriptor().Oneofs().ByName("option").Fields()
	for i := range members.Len() {
		if members.Get(i).Message().FullName() == option.ProtoReflect().Descriptor().FullName() {
			return members.Get(i)
		}
	}
	return nil
}

// Label labels the next action, so that others can jump to it.
func (flow Flow) Label(name string) Flow {
	flow = flow.copy()
	if _, taken := flow.labels[name]; taken || slices.Contains(flow.openLabels, name) {
		flow.err = firstError(flow.err, fmt.Errorf("label %q: expected a name that is not taken in this flow", name))
	}
	flow.openLabels = append(flow.openLabels, name)
	return flow
}

// Then sets the target that follows the last action, instead of the next action in the list.
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

// Talk speaks a text.
func (flow Flow) Talk(text string, options ...*v1.TalkOption) Flow {
	return flow.Add(merged(&v1.TalkOption{Text: &text}, options))
}

// Prompt speaks a text. The first digit stops it and counts as input of the following action.
func (flow Flow) Prompt(text string, options ...*v1.TalkOption) Flow {
	return flow.Add(merged(&v1.TalkOption{Text: &text, DigitsHandle: proto.String("next")}, options))
}

// Digits collects digits, at most length. 0 means no limit.
func (flow Flow) Digits(length int32, options ...*v1.DigitsReceiveOption) Flow {
	return flow.Add(merged(&v1.DigitsReceiveOption{Length: &length}, options))
}

// Branch jumps by the digits that were collected last. If none match, the flow continues with the next action.
func (flow Flow) Branch(targets Targets) Flow {
	return flow.BranchBy(&v1.BranchOption{}, targets, nil)
}

// BranchBy jumps by the variable of the option. If no value matches, it jumps to otherwise; nil is the next action.
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

// IfDigits continues with the next action if the caller has pressed enough digits or one of the keys, or else jumps.
func (flow Flow) IfDigits(option *v1.ConditionCallDigitsOption, otherwise Target) Flow {
	return flow.condition(option, otherwise)
}

// IfStatus continues with the next action if the call has the status, such as "progressing", or else jumps.
func (flow Flow) IfStatus(status string, otherwise Target) Flow {
	return flow.condition(&v1.ConditionCallStatusOption{Status: &status}, otherwise)
}

// IfDatetime continues with the next action if the current time meets the condition, or else jumps.
func (flow Flow) IfDatetime(option *v1.ConditionDatetimeOption, otherwise Target) Flow {
	return flow.condition(option, otherwise)
}

// IfVariable continues with the next action if the variable meets the condition, or else jumps.
func (flow Flow) IfVariable(option *v1.ConditionVariableOption, otherwise Target) Flow {
	return flow.condition(option, otherwise)
}

func (flow Flow) condition(option proto.Message, otherwise Target) Flow {
	return flow.add(option, map[string]Target{"false_target_id": otherwise})
}

// Goto jumps to the target, at most the given number of times.
func (flow Flow) Goto(target Target, times int32) Flow {
	return flow.add(&v1.GotoOption{LoopCount: &times}, map[string]Target{"target_id": target})
}

// Play plays media files in order.
func (flow Flow) Play(urls ...string) Flow { return flow.Add(&v1.PlayOption{StreamUrls: urls}) }

// Connect dials all destinations at the same time and connects the call with the first one that answers.
func (flow Flow) Connect(destinations []*v1.Address, options ...*v1.ConnectOption) Flow {
	return flow.Add(merged(&v1.ConnectOption{Destinations: destinations}, options))
}

// Sleep waits, with millisecond precision. The server accepts at most 24 days.
func (flow Flow) Sleep(duration time.Duration) Flow {
	milliseconds := max(math.MinInt32, min(duration.Milliseconds(), math.MaxInt32))
	return flow.Add(&v1.SleepOption{Duration: proto.Int32(int32(milliseconds))})
}

// SetVariable sets a variable.
func (flow Flow) SetVariable(key, value string) Flow {
	return flow.Add(&v1.VariableSetOption{Key: &key, Value: &value})
}

// Validate checks the flow on the server, without saving it.
func (flow Flow) Validate(ctx context.Context, client *Client) (*v1.ValidateFlowResponse, error) {
	actions, err := flow.Actions()
	if err != nil {
		return nil, err
	}
	return client.ValidateFlow(ctx, &v1.ValidateFlowRequest{Actions: actions})
}

// merged returns an option with the other options merged into it.
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
