// Command makecall makes a call to a simulated phone and watches it until it ends.
package main

import (
	"context"
	"fmt"
	"log"

	ringdown "github.com/ringdown-voice/ringdown/sdks/go"
	v1 "github.com/ringdown-voice/ringdown/sdks/go/ringdown/v1"
)

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	client, err := ringdown.New("", "")
	if err != nil {
		return err
	}
	defer client.Close()
	made, err := client.CreateCalls(ctx, &v1.CreateCallsRequest{
		Source:       ringdown.Tel("+15551230000"),
		Destinations: []*v1.Address{ringdown.Tel("+15550000001")},
		Actions:      ringdown.Flow{}.Talk("Your parcel will be there at noon.").Hangup().MustActions(),
	})
	if err != nil {
		return err
	}
	request := &v1.WatchCallsRequest{Ids: []string{made.GetCalls()[0].GetId()}, UntilEnded: true}
	for update, err := range client.WatchCalls(ctx, request) {
		if err != nil {
			return err
		}
		call := update.GetCall()
		fmt.Println(call.GetTmUpdate().AsTime().Format("15:04:05.000"), call.GetStatus(), call.GetHangupReason())
	}
	return nil
}
