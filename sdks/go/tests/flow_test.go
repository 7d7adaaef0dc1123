package tests

import (
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	ringdown "github.com/ringdown-voice/ringdown/sdks/go"
	v1 "github.com/ringdown-voice/ringdown/sdks/go/ringdown/v1"
)

// every contains, for each type of action that this server runs, a flow with only that action.
func every(savedFlow string) map[string]ringdown.Flow {
	end := func() ringdown.Flow { return flow.Stop() }
	there := []*v1.Address{ringdown.Tel("+15550000001")}
	mail := []*v1.Address{{Type: "email", Target: "somebody@example.com"}}
	id := proto.String("5a1e5000-0000-4000-8000-000000000001")
	adult := &v1.ConditionVariableOption{
		Condition: proto.String(">="), Variable: proto.String("${age}"),
		ValueType: proto.String("number"), ValueNumber: proto.Float64(18),
	}
	return map[string]ringdown.Flow{
		"amd":                   flow.Amd(&v1.AmdOption{MachineHandle: proto.String("hangup")}),
		"answer":                flow.Answer(),
		"beep":                  flow.Beep(),
		"block":                 flow.Block(),
		"branch":                flow.Branch(ringdown.Targets{"1": end()}),
		"call":                  flow.Call(&v1.CallOption{Destinations: there, Actions: end().MustActions()}),
		"condition_call_digits": flow.IfDigits(&v1.ConditionCallDigitsOption{Length: proto.Int32(4)}, end()),
		"condition_call_status": flow.IfStatus("progressing", end()),
		"condition_datetime": flow.IfDatetime(
			&v1.ConditionDatetimeOption{Condition: proto.String(">="), Hour: proto.Int32(9)}, end()),
		"condition_variable": flow.IfVariable(adult, end()),
		"confbridge_join":    flow.ConfbridgeJoin(&v1.ConfbridgeJoinOption{ConfbridgeId: id}),
		"conference_join":    flow.ConferenceJoin(&v1.ConferenceJoinOption{ConferenceId: id}),
		"connect":            flow.Connect(there, &v1.ConnectOption{TimeoutMs: proto.Int32(20_000)}),
		"digits_receive":     flow.DigitsReceive(&v1.DigitsReceiveOption{Key: proto.String("#")}),
		"digits_send":        flow.DigitsSend(&v1.DigitsSendOption{Digits: proto.String("12#")}),
		"echo":               flow.Echo(),
		"email_send": flow.EmailSend(
			&v1.EmailSendOption{Destinations: mail, Subject: proto.String("A call"), Content: proto.String("Hello.")}),
		"fetch":           flow.Fetch(&v1.FetchOption{EventUrl: proto.String("https://example.com/next")}),
		"fetch_flow":      flow.FetchFlow(&v1.FetchFlowOption{FlowId: &savedFlow}),
		"goto":            flow.Goto(end(), 1),
		"hangup":          flow.Hangup(),
		"hold":            flow.Hold(),
		"message_send":    flow.MessageSend(&v1.MessageSendOption{Destinations: there, Text: proto.String("Hello.")}),
		"mute":            flow.Mute(&v1.MuteOption{Direction: proto.String("in")}),
		"play":            flow.Play("https://example.com/welcome.wav"),
		"recording_start": flow.RecordingStart(&v1.RecordingStartOption{Duration: proto.Int32(60)}),
		"recording_stop":  flow.RecordingStop(),
		"sleep":           flow.Sleep(time.Second),
		"stop":            flow.Stop(),
		"stream_echo":     flow.StreamEcho(),
		"talk":            flow.Talk("Hello."),
		"unhold":          flow.Unhold(),
		"unmute":          flow.Unmute(),
		"variable_set":    flow.SetVariable("key", "value"),
		"webhook_send":    flow.WebhookSend(&v1.WebhookSendOption{Uri: proto.String("https://example.com/hook")}),
	}
}

// TestEveryActionThatTheServerRuns fails if the server has an action that is missing in every.
func TestEveryActionThatTheServerRuns(t *testing.T) {
	server := start(t, "--smtp-url", "smtp://127.0.0.1:9?tls=none", "--mail-from", "us@example.com")
	client := server.client(t)
	saved := must(client.CreateFlow(t.Context(), &v1.CreateFlowRequest{Actions: flow.Stop().MustActions()}))(t).GetFlow()
	every := every(saved.GetId())
	var all []*v1.Action
	for _, kind := range rows(t, client.ListActionTypes(t.Context(), &v1.ListActionTypesRequest{})) {
		one, has := every[kind.GetName()]
		delete(every, kind.GetName())
		if !kind.GetAvailable() {
			continue
		}
		expect(t, has, "a flow of "+kind.GetName())
		actions := one.MustActions()
		message := actions[0].ProtoReflect()
		member := message.WhichOneof(message.Descriptor().Oneofs().ByName("option"))
		expect(t, member.Name() == protoreflect.Name(kind.GetName()), kind.GetName()+" is what its name says")
		all = append(all, actions...)
	}
	expect(t, len(every) == 0, "only actions that there are")
	checked := must(client.ValidateFlow(t.Context(), &v1.ValidateFlowRequest{Actions: all}))(t)
	expect(t, checked.GetValid(), checked.String())
}
