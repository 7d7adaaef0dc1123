package tests

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	ringdown "github.com/ringdown-voice/ringdown/sdks/go"
	v1 "github.com/ringdown-voice/ringdown/sdks/go/ringdown/v1"
)

const rounds = 3

// blocks is a flow that waits in every round and produces events in between.
func blocks() []*v1.Action {
	steps := flow
	for round := range rounds {
		steps = steps.Block().SetVariable("round", strconv.Itoa(round))
	}
	return steps.MustActions()
}

// happened returns the ids of all events of an activeflow, oldest first.
func happened(t testing.TB, client *ringdown.Client, id string) []string {
	t.Helper()
	var ids []string
	for _, event := range rows(t, client.ListActiveflowEvents(t.Context(), &v1.ListActiveflowEventsRequest{Id: id})) {
		ids = append(ids, event.GetId())
	}
	slices.Reverse(ids)
	return ids
}

// follow runs a flow that blocks, breaks something whenever it does, and compares the watch with the events.
func follow(t *testing.T, client *ringdown.Client, disturb func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	watch := client.WatchActiveflows(ctx, &v1.WatchActiveflowsRequest{})
	run := must(client.CreateActiveflow(ctx, &v1.CreateActiveflowRequest{Actions: blocks()}))(t).GetActiveflow()
	var told []string
	for response, err := range watch {
		check(t, err)
		event := response.GetEvent()
		told = append(told, event.GetId())
		if event.GetType() == v1.ActiveflowEventType_ACTIVEFLOW_EVENT_TYPE_BLOCKED {
			disturb()
			at := response.GetActiveflow().GetCurrentAction().GetId()
			request := &v1.ContinueActiveflowRequest{Id: run.GetId(), CurrentActionId: at}
			must(client.ContinueActiveflow(ctx, request))(t)
		}
		if event.GetType() == v1.ActiveflowEventType_ACTIVEFLOW_EVENT_TYPE_ENDED {
			break
		}
	}
	if expected := happened(t, client, run.GetId()); !slices.Equal(told, expected) {
		t.Errorf("told %v, and %v happened", told, expected)
	}
}

func TestWatchAcrossKills(t *testing.T) {
	server := start(t, "--sim-speed", "1000")
	follow(t, server.client(t), server.restart)
}

func TestWatchAcrossCutConnections(t *testing.T) {
	server := start(t, "--sim-speed", "1000")
	proxy := startProxy(t, server.address)
	follow(t, connect(t, proxy.address, server.key), proxy.cut)
	expect(t, proxy.connections() > rounds, "a connection for each cut")
}

// TestWatchWhileTheServerDies waits for the next response while the server is killed during a call.
func TestWatchWhileTheServerDies(t *testing.T) {
	server := start(t, "--sim-speed", "1000")
	client := server.client(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	watch := client.WatchCalls(ctx, &v1.WatchCallsRequest{})
	call := must(client.CreateCalls(ctx, &v1.CreateCallsRequest{
		Source: near, Destinations: []*v1.Address{far}, Actions: flow.Answer().Block().MustActions(),
	}))(t).GetCalls()[0]
	answered := make(chan bool, 100)
	ended := make(chan []*v1.WatchCallsResponse, 1)
	go func() {
		var told []*v1.WatchCallsResponse
		for response, err := range watch {
			if err != nil {
				t.Error(err)
				break
			}
			told = append(told, response)
			if response.GetCall().GetStatus() == v1.CallStatus_CALL_STATUS_PROGRESSING {
				answered <- true
			}
			if response.GetCall().GetStatus() == v1.CallStatus_CALL_STATUS_HANGUP {
				break
			}
		}
		ended <- told
	}()
	<-answered
	server.restart()
	told := <-ended
	seen := map[string]bool{}
	for _, response := range told {
		expect(t, response.GetCall().GetId() == call.GetId(), "this call alone")
		expect(t, !seen[response.GetEvent().GetId()], "nothing twice")
		seen[response.GetEvent().GetId()] = true
	}
	last := told[len(told)-1].GetCall()
	expect(t, last.GetHangupReason() == v1.HangupReason_HANGUP_REASON_FAILED, "a call that died with its server")
}

// TestWhatHappensWhileASnapshotBreaksIsTold ends three activeflows while their snapshot is interrupted.
func TestWhatHappensWhileASnapshotBreaksIsTold(t *testing.T) {
	server := start(t, "--sim-speed", "1000")
	client := server.client(t)
	var ids, ended []string
	for range 3 {
		block := &v1.CreateActiveflowRequest{Actions: flow.Block().MustActions()}
		ids = append(ids, must(client.CreateActiveflow(t.Context(), block))(t).GetActiveflow().GetId())
	}
	restarted := false
	request := &v1.WatchActiveflowsRequest{Ids: ids, UntilEnded: true}
	for response, err := range client.WatchActiveflows(t.Context(), request) {
		check(t, err)
		if !restarted {
			expect(t, response.GetType() == v1.WatchType_WATCH_TYPE_SNAPSHOT, "a snapshot")
			server.restart()
			for _, id := range ids {
				must(client.StopActiveflow(t.Context(), &v1.StopActiveflowRequest{Id: id}))(t)
			}
			restarted = true
		}
		if event := response.GetEvent(); event.GetType() == v1.ActiveflowEventType_ACTIVEFLOW_EVENT_TYPE_ENDED {
			ended = append(ended, event.GetActiveflowId())
		}
	}
	slices.Sort(ids)
	slices.Sort(ended)
	expect(t, slices.Equal(ids, ended), "each end as an event, and once")
}

func TestWatchGoesOn(t *testing.T) {
	server := start(t, "--sim-speed", "1000")
	client := server.client(t)
	watch := client.WatchActiveflows(t.Context(), &v1.WatchActiveflowsRequest{})
	set := flow.SetVariable("key", "value").MustActions()
	run := must(client.CreateActiveflow(t.Context(), &v1.CreateActiveflowRequest{Actions: set}))(t).GetActiveflow()
	var told []string
	token := ""
	note := func(response *v1.WatchActiveflowsResponse) bool {
		told = append(told, response.GetEvent().GetId())
		token = response.GetResumeToken()
		return response.GetEvent().GetType() == v1.ActiveflowEventType_ACTIVEFLOW_EVENT_TYPE_ENDED
	}
	// One iteration, another one of the same watch, and another watch with the token.
	for response, err := range watch {
		check(t, err)
		note(response)
		break
	}
	for response, err := range watch {
		check(t, err)
		note(response)
		break
	}
	for response, err := range client.WatchActiveflows(t.Context(), &v1.WatchActiveflowsRequest{ResumeToken: token}) {
		check(t, err)
		if note(response) {
			break
		}
	}
	expect(t, slices.Equal(told, happened(t, client, run.GetId())), "everything once")
}

func TestWatchEndsWithItsContext(t *testing.T) {
	server := start(t)
	client := server.client(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	request := &v1.WatchCallsRequest{IncludeSnapshot: true}
	var last error
	for response, err := range client.WatchCalls(ctx, request, ringdown.WithProgress()) {
		last = err
		if err == nil {
			expect(t, response.GetType() == v1.WatchType_WATCH_TYPE_PROGRESS, "the end of an empty snapshot")
			cancel()
		}
	}
	expect(t, errors.Is(last, context.Canceled) && failure(t, last).Code == codes.Canceled, "the error of the context")
	_, err := client.GetCustomer(ctx, &v1.GetCustomerRequest{})
	expect(t, errors.Is(err, context.Canceled), "the error of the context")
	late, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	_, err = client.GetCustomer(late, &v1.GetCustomerRequest{})
	expect(t, errors.Is(err, context.DeadlineExceeded), "the error of the context")
}

func TestLeavingAWatchFreesItsStream(t *testing.T) {
	server := start(t, "--max-watchers-per-customer", "1")
	client := server.client(t)
	block := &v1.CreateActiveflowRequest{Actions: flow.Block().MustActions()}
	must(client.CreateActiveflow(t.Context(), block))(t)
	request := &v1.WatchActiveflowsRequest{IncludeSnapshot: true}
	for range 3 {
		expect(t, firstOfAWatch(t, client, request).GetType() == v1.WatchType_WATCH_TYPE_SNAPSHOT, "a snapshot")
	}
}

// firstOfAWatch returns the first response of a watch once the server has noticed that the previous one was abandoned.
func firstOfAWatch(t testing.TB, client *ringdown.Client, request *v1.WatchActiveflowsRequest) *v1.WatchActiveflowsResponse {
	t.Helper()
	for patience := time.Now().Add(patience); ; {
		for told, err := range client.WatchActiveflows(t.Context(), request) {
			if err == nil {
				return told
			}
			refused := failure(t, err)
			expect(t, refused.Reason == "TOO_MANY_WATCHERS" && time.Now().Before(patience), refused.Error())
		}
	}
}

func TestClosingTheClientEndsAWatch(t *testing.T) {
	server := start(t)
	client, err := ringdown.New(server.address, server.key)
	check(t, err)
	var last error
	request := &v1.WatchCallsRequest{IncludeSnapshot: true}
	for _, err := range client.WatchCalls(t.Context(), request, ringdown.WithProgress()) {
		last = err
		if err == nil {
			check(t, client.Close())
		}
	}
	expect(t, failure(t, last).Code == codes.Canceled, last.Error())
	_, err = client.GetCustomer(t.Context(), &v1.GetCustomerRequest{})
	expect(t, failure(t, err).Code == codes.Canceled, "the client is closed")
}

// brief ends every stream after one response.
type brief struct {
	v1.UnimplementedCallServiceServer
	asked []string
}

func (brief *brief) WatchCalls(request *v1.WatchCallsRequest, stream grpc.ServerStreamingServer[v1.WatchCallsResponse]) error {
	brief.asked = append(brief.asked, request.GetResumeToken())
	token := strconv.Itoa(len(brief.asked))
	return stream.Send(&v1.WatchCallsResponse{ResumeToken: token, Type: v1.WatchType_WATCH_TYPE_UPDATED, Call: &v1.Call{Id: token}})
}

func TestAStreamThatEndsIsNotTheEndOfTheWatch(t *testing.T) {
	brief := &brief{}
	client := standIn(t, func(server *grpc.Server) { v1.RegisterCallServiceServer(server, brief) })
	var told []string
	for response, err := range client.WatchCalls(t.Context(), &v1.WatchCallsRequest{ResumeToken: "0"}) {
		check(t, err)
		told = append(told, response.GetCall().GetId())
		if len(told) == 3 {
			break
		}
	}
	expect(t, slices.Equal(told, []string{"1", "2", "3"}), "all of it")
	expect(t, slices.Equal(brief.asked, []string{"0", "1", "2"}), "from where it was")
}

func TestPages(t *testing.T) {
	server := start(t)
	client := server.client(t)
	hello := flow.Talk("Hello.").MustActions()
	for range 5 {
		must(client.CreateFlow(t.Context(), &v1.CreateFlowRequest{Name: "page", Actions: hello}))(t)
	}
	listed := map[string]bool{}
	for _, flow := range rows(t, client.ListFlows(t.Context(), &v1.ListFlowsRequest{PageSize: 2})) {
		expect(t, !listed[flow.GetId()], "nothing twice")
		listed[flow.GetId()] = true
	}
	expect(t, len(listed) == 5, "all pages")
}
