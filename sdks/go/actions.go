package ringdown

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	v1 "github.com/ringdown-voice/ringdown/sdks/go/ringdown/v1"
)

// Actions returns the actions of the flow, followed by those of the flows that it jumps to, with resolved targets.
func (flow Flow) Actions() ([]*v1.Action, error) {
	blocks := flow.gather(nil)
	labels, err := gatherLabels(blocks)
	if err != nil {
		return nil, err
	}
	var written []*v1.Action
	taken := map[string]bool{}
	for number, block := range blocks {
		for place, action := range block.actions {
			done := proto.CloneOf(action)
			if taken[done.GetId()] {
				return nil, fmt.Errorf("target: expected a flow that has no action in common with this one")
			}
			taken[done.GetId()] = true
			if err := setTargets(done, block.targets[done.GetId()], labels); err != nil {
				return nil, err
			}
			// A flow does not fall through into the flow after it.
			if place == len(block.actions)-1 && number < len(blocks)-1 && done.GetNextId() == "" {
				done.NextId = finish
			}
			written = append(written, done)
		}
	}
	return written, nil
}

// MustActions returns the actions of a flow that is known to be correct. It panics if a target does not exist.
func (flow Flow) MustActions() []*v1.Action {
	actions, err := flow.Actions()
	if err != nil {
		panic(err)
	}
	return actions
}

// gather appends this flow and those that it jumps to, without duplicates, in the order of the actions.
func (flow Flow) gather(blocks []Flow) []Flow {
	if slices.ContainsFunc(blocks, flow.isSame) {
		return blocks
	}
	blocks = append(blocks, flow)
	for _, action := range flow.actions {
		targets := flow.targets[action.GetId()]
		for _, path := range slices.Sorted(maps.Keys(targets)) {
			if other, isFlow := targets[path].(Flow); isFlow {
				blocks = other.gather(blocks)
			}
		}
	}
	return blocks
}

func (flow Flow) isSame(other Flow) bool {
	return slices.Equal(flow.actions, other.actions)
}

func gatherLabels(blocks []Flow) (map[string]string, error) {
	labels := map[string]string{}
	for _, block := range blocks {
		if block.err != nil {
			return nil, block.err
		}
		for name, id := range block.labels {
			if other, has := labels[name]; has && other != id {
				return nil, fmt.Errorf("label %q: expected to stand at one action, not at two", name)
			}
			labels[name] = id
		}
	}
	return labels, nil
}

func setTargets(action *v1.Action, targets map[string]Target, labels map[string]string) error {
	for path, target := range targets {
		id, err := target.find(labels)
		if err != nil {
			return err
		}
		if path == "next_id" {
			action.NextId = id
			continue
		}
		message := action.ProtoReflect()
		option := message.Mutable(message.WhichOneof(message.Descriptor().Oneofs().ByName("option"))).Message()
		name, value, inMap := strings.Cut(path, "/")
		field := option.Descriptor().Fields().ByName(protoreflect.Name(name))
		if inMap {
			option.Mutable(field).Map().Set(protoreflect.ValueOfString(value).MapKey(), protoreflect.ValueOfString(id))
		} else {
			option.Set(field, protoreflect.ValueOfString(id))
		}
	}
	return nil
}
