// Command wallboard shows the running activeflows in the terminal. It continues across restarts of the server.
//
//	wallboard                 until Ctrl-C
//	wallboard -until-idle     until nothing is running
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"maps"
	"os"
	"os/signal"
	"slices"

	ringdown "github.com/ringdown-voice/ringdown/sdks/go"
	v1 "github.com/ringdown-voice/ringdown/sdks/go/ringdown/v1"
)

func main() {
	untilIdle := flag.Bool("until-idle", false, "end when nothing runs any more")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *untilIdle); err != nil && !errors.Is(err, context.Canceled) {
		log.Fatal(err)
	}
}

func run(ctx context.Context, untilIdle bool) error {
	client, err := ringdown.New("", "")
	if err != nil {
		return err
	}
	defer client.Close()
	running := map[string]*v1.Activeflow{}
	isWhole := false
	request := &v1.WatchActiveflowsRequest{IncludeSnapshot: true}
	for update, err := range client.WatchActiveflows(ctx, request, ringdown.WithProgress()) {
		if err != nil {
			return err
		}
		flow := update.GetActiveflow()
		switch {
		case update.GetType() == v1.WatchType_WATCH_TYPE_PROGRESS:
			// The first progress response follows the snapshot.
			isWhole = true
		case flow.GetStatus() == v1.ActiveflowStatus_ACTIVEFLOW_STATUS_RUNNING:
			running[flow.GetId()] = flow
		default:
			delete(running, flow.GetId())
		}
		if isWhole {
			draw(running)
			if untilIdle && len(running) == 0 {
				return nil
			}
		}
	}
	return nil
}

// draw prints a line for each activeflow. On a terminal, it replaces the previous lines.
func draw(running map[string]*v1.Activeflow) {
	if about, err := os.Stdout.Stat(); err == nil && about.Mode()&os.ModeCharDevice != 0 {
		fmt.Print("\x1b[2J\x1b[H")
	}
	fmt.Println(len(running), "running")
	for _, id := range slices.Sorted(maps.Keys(running)) {
		fmt.Println(" ", id, running[id].GetCurrentAction())
	}
}
