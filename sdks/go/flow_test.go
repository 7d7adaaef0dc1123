package ringdown

import (
	"math"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	v1 "github.com/ringdown-voice/ringdown/sdks/go/ringdown/v1"
)

func TestFlowReadsAsItRuns(t *testing.T) {
	sales := Flow{}.Talk("You are with sales.").Hangup()
	menu := Flow{}.
		Label("menu").Prompt("For sales, press 1.").
		Digits(1).
		BranchBy(&v1.BranchOption{}, Targets{"1": sales, "9": Label("menu")}, Label("nobody")).
		Label("nobody").Talk("Nobody is there.")
	actions := menu.MustActions()
	if len(actions) != 6 {
		t.Fatalf("expected 6 actions, not %v", actions)
	}
	branch := actions[2].GetBranch()
	if branch.GetTargetIds()["1"] != actions[4].GetId() || branch.GetTargetIds()["9"] != actions[0].GetId() {
		t.Errorf("expected sales and the menu, not %v", branch)
	}
	if branch.GetDefaultTargetId() != actions[3].GetId() {
		t.Errorf("expected nobody, not %v", branch)
	}
	// The main flow does not fall through into sales.
	if actions[3].GetNextId() != finish {
		t.Errorf("expected the end, not %s", actions[3].GetNextId())
	}
	for i, action := range menu.MustActions() {
		if !proto.Equal(action, actions[i]) {
			t.Errorf("expected the same actions every time, not %v", action)
		}
	}
}

func TestEveryStepIsAFlowOfItsOwn(t *testing.T) {
	hello := Flow{}.Talk("Hello.")
	one, other := hello.Hangup().MustActions(), hello.Beep().MustActions()
	if one[1].GetHangup() == nil || other[1].GetBeep() == nil || len(hello.MustActions()) != 1 {
		t.Error("expected three flows")
	}
}

func TestEveryActionOfTheContract(t *testing.T) {
	members := (&v1.Action{}).ProtoReflect().Descriptor().Oneofs().ByName("option").Fields()
	for i := range members.Len() {
		member := members.Get(i)
		option := (&v1.Action{}).ProtoReflect().NewField(member).Message().Interface()
		action := Flow{}.Add(option).MustActions()[0].ProtoReflect()
		if action.WhichOneof(member.ContainingOneof()).Name() != member.Name() {
			t.Errorf("expected %s", member.Name())
		}
	}
}

func TestJumps(t *testing.T) {
	end := Flow{}.Stop()
	elsewhere := ActionID("00000000-0000-4000-8000-000000000001")
	actions := Flow{}.
		Label("again").IfDigits(&v1.ConditionCallDigitsOption{Length: proto.Int32(1)}, elsewhere).
		Goto(Label("again"), 2).Then(end).
		MustActions()
	if actions[0].GetConditionCallDigits().GetFalseTargetId() != string(elsewhere) {
		t.Errorf("expected a jump elsewhere, not %v", actions[0])
	}
	if actions[1].GetGoto().GetTargetId() != actions[0].GetId() || actions[1].GetNextId() != actions[2].GetId() {
		t.Errorf("expected a jump back and then the end, not %v", actions[1])
	}
}

func TestFlowsThatAreWrong(t *testing.T) {
	hello := Flow{}.Talk("Hello.")
	for expected, wrong := range map[string]Flow{
		"expected a label of this flow":        hello.Goto(Label("nowhere"), 1),
		"expected a flow with an action":       hello.Branch(Targets{"1": Flow{}}),
		"no action in common":                  hello.Branch(Targets{"1": hello.Hangup()}),
		"expected a name that is not taken":    Flow{}.Label("a").Beep().Label("a").Beep(),
		"expected that of an action":           hello.Add(&v1.Address{}),
		"then: expected a flow with an action": Flow{}.Then(hello),
	} {
		if _, err := wrong.Actions(); err == nil || !strings.Contains(err.Error(), expected) {
			t.Errorf("expected %q, not %v", expected, err)
		}
	}
}

func TestOptionsSayTheRest(t *testing.T) {
	quick := &v1.TalkOption{Async: proto.Bool(true)}
	actions := Flow{}.
		Talk("Hallo.", &v1.TalkOption{Language: proto.String("de-DE")}, quick).
		Block().Block(&v1.BlockOption{TimeoutMs: proto.Int32(1)}).
		Sleep(1e9 * time.Second).
		MustActions()
	expected := &v1.TalkOption{Text: proto.String("Hallo."), Language: proto.String("de-DE"), Async: proto.Bool(true)}
	if !proto.Equal(actions[0].GetTalk(), expected) || quick.Text != nil {
		t.Errorf("expected %v, not %v", expected, actions[0])
	}
	if actions[1].GetBlock() == nil || actions[2].GetBlock().GetTimeoutMs() != 1 {
		t.Errorf("expected blocks, not %v", actions)
	}
	if actions[3].GetSleep().GetDuration() != math.MaxInt32 {
		t.Errorf("expected the longest sleep, not %v", actions[3])
	}
}
