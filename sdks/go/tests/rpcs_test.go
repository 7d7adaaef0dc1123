package tests

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	ringdown "github.com/ringdown-voice/ringdown/sdks/go"
	v1 "github.com/ringdown-voice/ringdown/sdks/go/ringdown/v1"
)

var (
	near = ringdown.Tel("+15551230000")
	far  = ringdown.Tel("+15550000001")
	flow = ringdown.Flow{}
)

// tour calls RPCs and records which.
type tour struct {
	t      *testing.T
	ctx    context.Context
	client *ringdown.Client
	called map[string]bool
}

// rows returns all elements of a list or stream.
func rows[Row any](t testing.TB, list iter.Seq2[Row, error]) []Row {
	t.Helper()
	var found []Row
	for row, err := range list {
		check(t, err)
		found = append(found, row)
	}
	return found
}

// has reports whether a list contains a resource with this id.
func has[Row interface{ GetId() string }](t testing.TB, list iter.Seq2[Row, error], id string) {
	t.Helper()
	if !slices.ContainsFunc(rows(t, list), func(row Row) bool { return row.GetId() == id }) {
		t.Errorf("%s is not in the list", id)
	}
}

func expect(t testing.TB, holds bool, what string) {
	t.Helper()
	if !holds {
		t.Errorf("expected: %s", what)
	}
}

// TestEveryRPC compares the called RPCs with those of the server by reflection, so that a missing one fails.
func TestEveryRPC(t *testing.T) {
	server := start(t, "--sim-speed", "1000", "--outbound-allow", "127.0.0.1:*")
	called := map[string]bool{}
	note := ringdown.WithDialOption(grpc.WithStatsHandler(noter(called)))
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	tour := &tour{t: t, ctx: ctx, client: connect(t, server.address, server.key, note), called: called}
	tour.flows()
	tour.calls()
	tour.recordings()
	tour.activeflows()
	tour.messagesAndNumbers()
	tour.accessKeys()
	tour.customers(connect(t, server.address, server.operator, note))
	tour.providersAndRoutes(connect(t, server.address, server.operator, note))
	tour.simulator()
	tour.webhooks()
	for _, path := range methods(t, server) {
		expect(t, called[path], path+" is called")
	}
}

func (tour *tour) flows() {
	t, ctx, client := tour.t, tour.ctx, tour.client
	hello := flow.Talk("Hello.").MustActions()
	made := must(client.CreateFlow(ctx, &v1.CreateFlowRequest{Name: "first", Actions: hello}))(t).GetFlow()
	id := made.GetId()
	changed := must(client.UpdateFlow(ctx, &v1.UpdateFlowRequest{Id: id, Name: "second", Actions: hello}))(t).GetFlow()
	expect(t, changed.GetRevision() == 2, "a second revision")
	got := must(client.GetFlow(ctx, &v1.GetFlowRequest{Id: id}))(t).GetFlow()
	expect(t, proto.Equal(got, changed), "the flow as it was changed")
	expect(t, len(rows(t, client.ListFlowRevisions(ctx, &v1.ListFlowRevisionsRequest{Id: id}))) == 2, "two revisions")
	must(client.DiffFlowRevisions(ctx, &v1.DiffFlowRevisionsRequest{Id: id}))(t)
	has(t, client.ListFlows(ctx, &v1.ListFlowsRequest{}), id)
	expect(t, must(flow.Talk("Fine.").Validate(ctx, client))(t).GetValid(), "a valid flow")
	simulate := &v1.SimulateFlowRequest{Actions: hello, Script: []string{"answer", `expect talk "Hello"`}}
	expect(t, must(client.SimulateFlow(ctx, simulate))(t).GetPassed(), "a simulation that passes")
	deleted := must(client.DeleteFlow(ctx, &v1.DeleteFlowRequest{Id: id}))(t).GetFlow()
	expect(t, deleted.GetTmDelete() != nil, "a deleted flow")
	types := rows(t, client.ListActionTypes(ctx, &v1.ListActionTypesRequest{}))
	expect(t, len(types) > 40, "all types of action")
}

// waitAt watches an activeflow until it reaches an action of this type.
func (tour *tour) waitAt(id string, isThere func(*v1.Action) bool) {
	tour.t.Helper()
	request := &v1.WatchActiveflowsRequest{Ids: []string{id}, IncludeSnapshot: true}
	for told, err := range tour.client.WatchActiveflows(tour.ctx, request) {
		check(tour.t, err)
		if isThere(told.GetActiveflow().GetCurrentAction()) {
			return
		}
	}
}

func isBlock(action *v1.Action) bool  { return action.GetBlock() != nil }
func isDigits(action *v1.Action) bool { return action.GetDigitsReceive() != nil }

// lastOfCall watches a call until it ends.
func (tour *tour) lastOfCall(id string) *v1.Call {
	tour.t.Helper()
	request := &v1.WatchCallsRequest{Ids: []string{id}, UntilEnded: true}
	told := rows(tour.t, tour.client.WatchCalls(tour.ctx, request))
	return told[len(told)-1].GetCall()
}

func (tour *tour) callThatBlocks() *v1.Call {
	tour.t.Helper()
	made := must(tour.client.CreateCalls(tour.ctx, &v1.CreateCallsRequest{
		Source:       near,
		Destinations: []*v1.Address{far},
		Actions:      flow.Answer().Block().MustActions(),
	}))(tour.t).GetCalls()[0]
	tour.waitAt(made.GetActiveflowId(), isBlock)
	return made
}

func (tour *tour) calls() {
	t, ctx, client := tour.t, tour.ctx, tour.client
	id := tour.callThatBlocks().GetId()
	got := must(client.GetCall(ctx, &v1.GetCallRequest{Id: id}))(t).GetCall()
	expect(t, got.GetStatus() == v1.CallStatus_CALL_STATUS_PROGRESSING, "a call that is up")
	has(t, client.ListCalls(ctx, &v1.ListCallsRequest{Status: got.GetStatus()}), id)
	must(client.TalkCall(ctx, &v1.TalkCallRequest{Id: id, Text: "One moment."}))(t)
	must(client.HoldCall(ctx, &v1.HoldCallRequest{Id: id}))(t)
	must(client.UnholdCall(ctx, &v1.UnholdCallRequest{Id: id}))(t)
	muted := must(client.MuteCall(ctx, &v1.MuteCallRequest{Id: id}))(t).GetCall()
	expect(t, muted.GetMuteDirection() == v1.MuteDirection_MUTE_DIRECTION_BOTH, "a muted call")
	must(client.UnmuteCall(ctx, &v1.UnmuteCallRequest{Id: id}))(t)
	must(client.SendDigits(ctx, &v1.SendDigitsRequest{Id: id, Digits: "12#"}))(t)
	must(client.HangupCall(ctx, &v1.HangupCallRequest{Id: id}))(t)
	expect(t, tour.lastOfCall(id).GetStatus() == v1.CallStatus_CALL_STATUS_HANGUP, "a call that is over")
	_, err := client.GetCallTrace(ctx, &v1.GetCallTraceRequest{Id: id})
	expect(t, failure(t, err).Reason == "CALL_TRACE_NOT_FOUND", "a simulated phone without SIP messages")
	_, err = client.GetCallPcap(ctx, &v1.GetCallPcapRequest{Id: id})
	expect(t, failure(t, err).Reason == "CALL_TRACE_NOT_FOUND", "a simulated phone without a capture file")
	deleted := must(client.DeleteCall(ctx, &v1.DeleteCallRequest{Id: id}))(t).GetCall()
	expect(t, deleted.GetTmDelete() != nil, "a deleted call")
}

func (tour *tour) recordings() {
	t, ctx, client := tour.t, tour.ctx, tour.client
	call := tour.callThatBlocks()
	must(client.StartRecording(ctx, &v1.StartRecordingRequest{Id: call.GetId()}))(t)
	id := ""
	request := &v1.WatchCallsRequest{Ids: []string{call.GetId()}, IncludeSnapshot: true}
	for told, err := range client.WatchCalls(ctx, request) {
		check(t, err)
		if recording := told.GetCall().GetRecordingId(); id == "" && recording != "" {
			id = recording
			must(client.StopRecording(ctx, &v1.StopRecordingRequest{Id: call.GetId()}))(t)
		}
		if told.GetEvent().GetType() == v1.CallEventType_CALL_EVENT_TYPE_RECORDING_FINISHED {
			break
		}
	}
	got := must(client.GetRecording(ctx, &v1.GetRecordingRequest{Id: id}))(t).GetRecording()
	expect(t, got.GetSize() > 0, "a recording with a file")
	has(t, client.ListRecordings(ctx, &v1.ListRecordingsRequest{}), id)
	var wav bytes.Buffer
	for part, err := range client.DownloadRecording(ctx, &v1.DownloadRecordingRequest{Id: id}) {
		check(t, err)
		wav.Write(part.GetData())
	}
	expect(t, bytes.HasPrefix(wav.Bytes(), []byte("RIFF")), "a WAV")
	must(client.HangupCall(ctx, &v1.HangupCallRequest{Id: call.GetId()}))(t)
	deleted := must(client.DeleteRecording(ctx, &v1.DeleteRecordingRequest{Id: id}))(t).GetRecording()
	expect(t, deleted.GetTmDelete() != nil, "a deleted recording")
}

func (tour *tour) activeflows() {
	t, ctx, client := tour.t, tour.ctx, tour.client
	actions := flow.Block().SetVariable("done", "yes").Block().MustActions()
	id := must(client.CreateActiveflow(ctx, &v1.CreateActiveflowRequest{Actions: actions}))(t).GetActiveflow().GetId()
	tour.waitAt(id, isBlock)
	variables := map[string]string{"name": "Ada"}
	must(client.SetVariables(ctx, &v1.SetVariablesRequest{Id: id, Variables: variables}))(t)
	pushed := flow.SetVariable("pushed", "yes").MustActions()
	must(client.PushActions(ctx, &v1.PushActionsRequest{Id: id, Actions: pushed}))(t)
	first := actions[0].GetId()
	must(client.ContinueActiveflow(ctx, &v1.ContinueActiveflowRequest{Id: id, CurrentActionId: first}))(t)
	tour.waitAt(id, func(at *v1.Action) bool { return isBlock(at) && at.GetId() != first })
	got := must(client.GetVariables(ctx, &v1.GetVariablesRequest{Id: id}))(t).GetVariables()
	expect(t, got["name"] == "Ada" && got["pushed"] == "yes" && got["done"] == "yes", "all variables")
	expect(t, len(rows(t, client.ListActiveflowEvents(ctx, &v1.ListActiveflowEventsRequest{Id: id}))) > 0, "events")
	has(t, client.ListActiveflows(ctx, &v1.ListActiveflowsRequest{}), id)
	must(client.GetActiveflow(ctx, &v1.GetActiveflowRequest{Id: id}))(t)
	stopped := must(client.StopActiveflow(ctx, &v1.StopActiveflowRequest{Id: id}))(t).GetActiveflow()
	expect(t, stopped.GetEndReason() == v1.EndReason_END_REASON_STOPPED, "a stopped activeflow")
	deleted := must(client.DeleteActiveflow(ctx, &v1.DeleteActiveflowRequest{Id: id}))(t).GetActiveflow()
	expect(t, deleted.GetTmDelete() != nil, "a deleted activeflow")
}

func (tour *tour) messagesAndNumbers() {
	t, ctx, client := tour.t, tour.ctx, tour.client
	reply := flow.SetVariable("got", "it").MustActions()
	flowID := must(client.CreateFlow(ctx, &v1.CreateFlowRequest{Name: "reply", Actions: reply}))(t).GetFlow().GetId()
	desk := &v1.CreateNumberRequest{Number: "+15550007777", MessageFlowId: flowID}
	id := must(client.CreateNumber(ctx, desk))(t).GetNumber().GetId()
	must(client.UpdateNumber(ctx, &v1.UpdateNumberRequest{Id: id, Name: "desk", MessageFlowId: flowID}))(t)
	got := must(client.GetNumber(ctx, &v1.GetNumberRequest{Id: id}))(t).GetNumber()
	expect(t, got.GetName() == "desk", "a number with a name")
	has(t, client.ListNumbers(ctx, &v1.ListNumbersRequest{}), id)
	message := &v1.ReceiveMessageRequest{Source: far, Destination: ringdown.Tel(desk.Number), Text: "Hi."}
	must(client.ReceiveMessage(ctx, message))(t)
	send := &v1.SendMessageRequest{Source: near, Destinations: []*v1.Address{far}, Text: "Hello."}
	sent := must(client.SendMessage(ctx, send))(t).GetMessages()[0].GetId()
	must(client.GetMessage(ctx, &v1.GetMessageRequest{Id: sent}))(t)
	has(t, client.ListMessages(ctx, &v1.ListMessagesRequest{}), sent)
	must(client.DeleteMessage(ctx, &v1.DeleteMessageRequest{Id: sent}))(t)
	must(client.DeleteNumber(ctx, &v1.DeleteNumberRequest{Id: id}))(t)
}

func (tour *tour) accessKeys() {
	t, ctx, client := tour.t, tour.ctx, tour.client
	made := must(client.CreateAccessKey(ctx, &v1.CreateAccessKeyRequest{Name: "for a test"}))(t).GetAccessKey()
	expect(t, strings.HasPrefix(made.GetKey(), "rd_"), "a key")
	id := made.GetId()
	must(client.UpdateAccessKey(ctx, &v1.UpdateAccessKeyRequest{Id: id, Name: "renamed"}))(t)
	got := must(client.GetAccessKey(ctx, &v1.GetAccessKeyRequest{Id: id}))(t).GetAccessKey()
	expect(t, got.GetName() == "renamed" && got.GetKey() == "", "a renamed key that is not shown")
	has(t, client.ListAccessKeys(ctx, &v1.ListAccessKeysRequest{}), id)
	must(client.DeleteAccessKey(ctx, &v1.DeleteAccessKeyRequest{Id: id}))(t)
}

func (tour *tour) simulator() {
	t, ctx, client := tour.t, tour.ctx, tour.client
	callee := &v1.SetCalleeRequest{Target: "+15550008888", RingMs: 1, Steps: []string{"silence 1s"}}
	must(client.SetCallee(ctx, callee))(t)
	long := &v1.DigitsReceiveOption{Length: proto.Int32(2), Duration: proto.Int32(600_000)}
	menu := flow.Answer().Add(long).Block().MustActions()
	incoming := &v1.SimulateIncomingCallRequest{Source: far, Destination: near, Actions: menu}
	call := must(client.SimulateIncomingCall(ctx, incoming))(t).GetCall()
	tour.waitAt(call.GetActiveflowId(), isDigits)
	must(client.SimulateDigits(ctx, &v1.SimulateDigitsRequest{CallId: call.GetId(), Digits: "42"}))(t)
	tour.waitAt(call.GetActiveflowId(), isBlock)
	must(client.SimulateHangup(ctx, &v1.SimulateHangupRequest{CallId: call.GetId()}))(t)
	last := tour.lastOfCall(call.GetId())
	expect(t, last.GetHangupBy() == v1.HangupBy_HANGUP_BY_REMOTE, "a far end that hung up")
}

func (tour *tour) customers(operator *ringdown.Client) {
	t, ctx := tour.t, tour.ctx
	made := must(operator.CreateCustomer(ctx, &v1.CreateCustomerRequest{Name: "another"}))(t)
	id := made.GetCustomer().GetId()
	expect(t, strings.HasPrefix(made.GetAccessKey().GetKey(), "rd_"), "a key")
	has(t, operator.ListCustomers(ctx, &v1.ListCustomersRequest{}), id)
	limits := &v1.UpdateCustomerLimitsRequest{Id: id, Calls: proto.Int64(7)}
	changed := must(operator.UpdateCustomerLimits(ctx, limits))(t).GetCustomer()
	expect(t, changed.GetLimits().GetCalls() == 7, "the limit")
	used := must(operator.GetCustomerUse(ctx, &v1.GetCustomerUseRequest{Id: id}))(t).GetUsage()
	expect(t, used.GetCalls() == 0, "no calls")
	must(operator.SuspendCustomer(ctx, &v1.SuspendCustomerRequest{Id: id}))(t)
	must(operator.ResumeCustomer(ctx, &v1.ResumeCustomerRequest{Id: id}))(t)
	must(operator.SuspendCustomer(ctx, &v1.SuspendCustomerRequest{Id: id}))(t)
	must(operator.DeleteCustomer(ctx, &v1.DeleteCustomerRequest{Id: id}))(t)
	_, err := tour.client.CreateCustomer(ctx, &v1.CreateCustomerRequest{Name: "mine"})
	expect(t, err != nil, "a refusal without an operator's key")
}

func (tour *tour) providersAndRoutes(operator *ringdown.Client) {
	t, ctx := tour.t, tour.ctx
	carrier := &v1.CreateProviderRequest{Hostname: "sip.carrier.example", Name: "carrier"}
	made := must(operator.CreateProvider(ctx, carrier))(t).GetProvider()
	expect(t, made.GetSip().GetPort() == 5060, "the port of SIP")
	provider := made.GetId()
	has(t, operator.ListProviders(ctx, &v1.ListProvidersRequest{}), provider)
	must(operator.GetProvider(ctx, &v1.GetProviderRequest{Id: provider}))(t)
	name := &fieldmaskpb.FieldMask{Paths: []string{"name"}}
	rename := &v1.UpdateProviderRequest{Id: provider, Name: "another", UpdateMask: name}
	renamed := must(operator.UpdateProvider(ctx, rename))(t).GetProvider()
	expect(t, renamed.GetHostname() == "sip.carrier.example", "a hostname that stays")
	create := &v1.CreateRouteRequest{ProviderId: provider, Target: "+82", Priority: 1}
	id := must(operator.CreateRoute(ctx, create))(t).GetRoute().GetId()
	has(t, operator.ListRoutes(ctx, &v1.ListRoutesRequest{}), id)
	priority := &fieldmaskpb.FieldMask{Paths: []string{"priority"}}
	must(operator.UpdateRoute(ctx, &v1.UpdateRouteRequest{Id: id, Priority: 2, UpdateMask: priority}))(t)
	got := must(operator.GetRoute(ctx, &v1.GetRouteRequest{Id: id}))(t).GetRoute()
	expect(t, got.GetPriority() == 2 && got.GetTarget() == "+82", "the route as it was changed")
	found := rows(t, operator.ListDialRoutes(ctx, &v1.ListDialRoutesRequest{Destination: "+821012345678"}))
	expect(t, len(found) == 1 && found[0].GetProviderName() == "another", "the route of a call")
	must(operator.DeleteRoute(ctx, &v1.DeleteRouteRequest{Id: id}))(t)
	must(operator.DeleteProvider(ctx, &v1.DeleteProviderRequest{Id: provider}))(t)
}

func (tour *tour) webhooks() {
	t, ctx, client := tour.t, tour.ctx, tour.client
	taken := make(chan bool, 100)
	receiver := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, _ *http.Request) {
		answer.WriteHeader(http.StatusNoContent)
		taken <- true
	}))
	defer receiver.Close()
	customer := must(client.GetCustomer(ctx, &v1.GetCustomerRequest{}))(t).GetCustomer()
	must(client.UpdateCustomer(ctx, &v1.UpdateCustomerRequest{Name: customer.GetName(), WebhookUri: receiver.URL}))(t)
	set := flow.SetVariable("key", "value").MustActions()
	must(client.CreateActiveflow(ctx, &v1.CreateActiveflowRequest{Actions: set}))(t)
	select {
	case <-taken:
	case <-time.After(patience):
		t.Fatal("no webhook came")
	}
	for delivery, err := range client.ListWebhookDeliveries(ctx, &v1.ListWebhookDeliveriesRequest{}) {
		check(t, err)
		must(client.GetWebhookDelivery(ctx, &v1.GetWebhookDeliveryRequest{Id: delivery.GetId()}))(t)
		must(client.RedeliverWebhook(ctx, &v1.RedeliverWebhookRequest{Id: delivery.GetId()}))(t)
		break
	}
	must(client.UpdateCustomer(ctx, &v1.UpdateCustomerRequest{Name: customer.GetName()}))(t)
}

// methods returns the paths of all RPCs of the server, by reflection.
func methods(t testing.TB, server *server) []string {
	t.Helper()
	connection, err := grpc.NewClient(server.listen, grpc.WithTransportCredentials(insecure.NewCredentials()))
	check(t, err)
	defer connection.Close()
	stream, err := grpc_reflection_v1.NewServerReflectionClient(connection).ServerReflectionInfo(t.Context())
	check(t, err)
	ask := func(request *grpc_reflection_v1.ServerReflectionRequest) *grpc_reflection_v1.ServerReflectionResponse {
		check(t, stream.Send(request))
		return must(stream.Recv())(t)
	}
	list := &grpc_reflection_v1.ServerReflectionRequest_ListServices{}
	listed := ask(&grpc_reflection_v1.ServerReflectionRequest{MessageRequest: list}).GetListServicesResponse()
	var paths []string
	for _, service := range listed.GetService() {
		if !strings.HasPrefix(service.GetName(), "ringdown.v1.") {
			continue
		}
		symbol := &grpc_reflection_v1.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: service.GetName()}
		answer := ask(&grpc_reflection_v1.ServerReflectionRequest{MessageRequest: symbol})
		for _, encoded := range answer.GetFileDescriptorResponse().GetFileDescriptorProto() {
			paths = append(paths, methodsIn(t, encoded, service.GetName())...)
		}
	}
	check(t, stream.CloseSend())
	if _, err := stream.Recv(); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	expect(t, len(paths) > 50, "a server with RPCs")
	return paths
}

func methodsIn(t testing.TB, encoded []byte, name string) []string {
	t.Helper()
	var file descriptorpb.FileDescriptorProto
	check(t, proto.Unmarshal(encoded, &file))
	var paths []string
	for _, service := range file.GetService() {
		if file.GetPackage()+"."+service.GetName() == name {
			for _, method := range service.GetMethod() {
				paths = append(paths, "/"+name+"/"+method.GetName())
			}
		}
	}
	return paths
}

// TestListsAreIterators checks the signature of every list method.
func TestListsAreIterators(t *testing.T) {
	client := reflect.TypeFor[*ringdown.Client]()
	for i := range client.NumMethod() {
		method := client.Method(i)
		if strings.HasPrefix(method.Name, "List") || strings.HasPrefix(method.Name, "Watch") {
			isIterator := method.Type.NumOut() == 1 && method.Type.Out(0).Kind() == reflect.Func
			expect(t, isIterator, method.Name+" is an iterator")
		}
	}
}
