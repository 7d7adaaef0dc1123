package ringdown

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	v1 "github.com/ringdown/ringdown/sdks/go/ringdown/v1"
)

// finish is the reserved id that ends a flow.
const finish = "00000000-0000-0000-0000-000000000002"

// Flow is a list of actions in the making: Flow{}.Talk("Hello.").Hangup(). Every method gives a new flow and leaves the
// old one as it is. Ids are made when an action is added, so that the same flow gives the same actions every time. What is
// wrong is told by [Flow.Actions].
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

// Talk speaks a text.
func (flow Flow) Talk(text string) Flow {
	return flow.Add(&v1.TalkOption{Text: &text})
}

// Prompt speaks a text that the first digit cuts off; the digit counts for what comes next.
func (flow Flow) Prompt(text string) Flow {
	return flow.Add(&v1.TalkOption{Text: &text, DigitsHandle: proto.String("next")})
}

// Digits collects so many digits.
func (flow Flow) Digits(length int32) Flow {
	return flow.Add(&v1.DigitsReceiveOption{Length: &length})
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

// If goes on with the next action when a condition holds, and jumps when it does not. The option is that of one of the
// actions that begin with condition_.
func (flow Flow) If(condition proto.Message, otherwise Target) Flow {
	return flow.add(condition, map[string]Target{"false_target_id": otherwise})
}

// Goto jumps, so many times.
func (flow Flow) Goto(target Target, times int32) Flow {
	return flow.add(&v1.GotoOption{LoopCount: &times}, map[string]Target{"target_id": target})
}

// Answer answers an incoming call.
func (flow Flow) Answer() Flow { return flow.Add(&v1.AnswerOption{}) }

// Beep plays a beep.
func (flow Flow) Beep() Flow { return flow.Add(&v1.BeepOption{}) }

// Play plays media files in order.
func (flow Flow) Play(urls ...string) Flow { return flow.Add(&v1.PlayOption{StreamUrls: urls}) }

// Connect connects the call with the first of these that answers.
func (flow Flow) Connect(destinations ...*v1.Address) Flow {
	return flow.Add(&v1.ConnectOption{Destinations: destinations})
}

// Sleep waits, to the millisecond.
func (flow Flow) Sleep(duration time.Duration) Flow {
	return flow.Add(&v1.SleepOption{Duration: proto.Int32(int32(duration.Milliseconds()))})
}

// Block waits to be continued from outside.
func (flow Flow) Block() Flow { return flow.Add(&v1.BlockOption{}) }

// SetVariable sets a variable.
func (flow Flow) SetVariable(key, value string) Flow {
	return flow.Add(&v1.VariableSetOption{Key: &key, Value: &value})
}

// Hangup hangs the call up, which ends the flow.
func (flow Flow) Hangup() Flow { return flow.Add(&v1.HangupOption{}) }

// Stop ends the activeflow.
func (flow Flow) Stop() Flow { return flow.Add(&v1.StopOption{}) }

// Validate asks the server whether it would take the flow.
func (flow Flow) Validate(ctx context.Context, client *Client) (*v1.ValidateFlowResponse, error) {
	actions, err := flow.Actions()
	if err != nil {
		return nil, err
	}
	return client.ValidateFlow(ctx, &v1.ValidateFlowRequest{Actions: actions})
}

func firstError(one, other error) error {
	if one != nil {
		return one
	}
	return other
}
