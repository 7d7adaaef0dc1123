// Command ivr is a menu that answers a number: sales, support, or the menu again. A simulated caller presses 2.
package main

import (
	"context"
	"fmt"
	"log"

	ringdown "github.com/ringdown-voice/ringdown/sdks/go"
	v1 "github.com/ringdown-voice/ringdown/sdks/go/ringdown/v1"
)

const number = "+15557654321"

// menu is the flow of the front desk.
func menu() ringdown.Flow {
	sales := ringdown.Flow{}.Talk("You are with sales.").Hangup()
	support := ringdown.Flow{}.Talk("You are with support.").SetVariable("department", "support").Hangup()
	return ringdown.Flow{}.
		Label("menu").Answer().
		Prompt("For sales, press 1. For support, press 2.").
		Digits(1).
		Branch(ringdown.Targets{"1": sales, "2": support}).
		Talk("I did not get that.").
		Goto(ringdown.Label("menu"), 2).
		Hangup()
}

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) (err error) {
	client, err := ringdown.New("", "")
	if err != nil {
		return err
	}
	defer client.Close()
	checked, err := menu().Validate(ctx, client)
	if err != nil {
		return err
	}
	for _, problem := range checked.GetProblems() {
		fmt.Printf("%s: %s\n", problem.GetField(), problem.GetDescription())
	}
	saved, err := client.CreateFlow(ctx, &v1.CreateFlowRequest{Name: "front desk", Actions: menu().MustActions()})
	if err != nil {
		return err
	}
	desk, err := client.CreateNumber(ctx, &v1.CreateNumberRequest{Number: number, CallFlowId: saved.GetFlow().GetId()})
	if err != nil {
		return err
	}
	defer func() {
		_, failed := client.DeleteNumber(ctx, &v1.DeleteNumberRequest{Id: desk.GetNumber().GetId()})
		if err == nil {
			err = failed
		}
	}()
	return follow(ctx, client)
}

// follow simulates an incoming call, presses 2 when the menu speaks, and prints the path of the call.
func follow(ctx context.Context, client *ringdown.Client) error {
	watch := client.WatchActiveflows(ctx, &v1.WatchActiveflowsRequest{})
	incoming, err := client.SimulateIncomingCall(ctx, &v1.SimulateIncomingCallRequest{
		Source:      ringdown.Tel("+15550000001"),
		Destination: ringdown.Tel(number),
	})
	if err != nil {
		return err
	}
	call := incoming.GetCall()
	hasPressed := false
	for update, err := range watch {
		if err != nil {
			return err
		}
		if update.GetActiveflow().GetId() != call.GetActiveflowId() {
			continue
		}
		event := update.GetEvent()
		if event.GetType() == v1.ActiveflowEventType_ACTIVEFLOW_EVENT_TYPE_ENDED {
			break
		}
		talk := event.GetAction().GetTalk()
		if event.GetType() != v1.ActiveflowEventType_ACTIVEFLOW_EVENT_TYPE_ACTION_STARTED || talk == nil {
			continue
		}
		fmt.Println(talk.GetText())
		if !hasPressed {
			hasPressed = true
			press := &v1.SimulateDigitsRequest{CallId: call.GetId(), Digits: "2"}
			if _, err := client.SimulateDigits(ctx, press); err != nil {
				return err
			}
		}
	}
	variables, err := client.GetVariables(ctx, &v1.GetVariablesRequest{Id: call.GetActiveflowId()})
	if err != nil {
		return err
	}
	fmt.Println("department:", variables.GetVariables()["department"])
	return nil
}
