package tests

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	ringdown "github.com/ringdown-voice/ringdown/sdks/go"
	v1 "github.com/ringdown-voice/ringdown/sdks/go/ringdown/v1"
)

// failure returns the error, which must be an Error.
func failure(t testing.TB, err error) *ringdown.Error {
	t.Helper()
	var failure *ringdown.Error
	if !errors.As(err, &failure) {
		t.Fatalf("expected an Error, not %v", err)
	}
	return failure
}

func TestRefusals(t *testing.T) {
	server := start(t)
	client := server.client(t)
	t.Run("of a flow", func(t *testing.T) {
		actions := flow.Talk("").Talk("").MustActions()
		_, err := client.CreateFlow(t.Context(), &v1.CreateFlowRequest{Name: "wrong", Actions: actions})
		failure := failure(t, err)
		expect(t, failure.Code == codes.InvalidArgument && status.Code(err) == codes.InvalidArgument, "the code")
		expect(t, failure.Reason == "INVALID_ACTION_OPTION", "the reason")
		for at, field := range []string{"actions[0].option.text", "actions[1].option.text"} {
			expect(t, failure.FieldViolations[at].Field == field, "the field")
			expect(t, strings.Count(err.Error(), field) == 1, "the field, once")
		}
		expect(t, strings.Contains(err.Error(), failure.RequestID) && failure.RequestID != "", "the request's id")
	})
	t.Run("of a call", func(t *testing.T) {
		_, err := client.GetCall(t.Context(), &v1.GetCallRequest{Id: uuid.NewString()})
		expect(t, failure(t, err).Reason == "CALL_NOT_FOUND", "the reason")
	})
	t.Run("of a stream", func(t *testing.T) {
		request := &v1.DownloadRecordingRequest{Id: uuid.NewString()}
		for _, err := range client.DownloadRecording(t.Context(), request) {
			expect(t, failure(t, err).Reason == "RECORDING_NOT_FOUND", "the reason")
		}
		for _, err := range client.WatchCalls(t.Context(), &v1.WatchCallsRequest{ResumeToken: "garbled"}) {
			expect(t, failure(t, err).Reason == "INVALID_RESUME_TOKEN", "the reason")
		}
	})
	t.Run("of a key", func(t *testing.T) {
		for _, err := range connect(t, server.address, "rd_nobody").ListFlows(t.Context(), &v1.ListFlowsRequest{}) {
			expect(t, failure(t, err).Reason == "INVALID_CREDENTIALS", "the reason")
		}
	})
}

func TestSettings(t *testing.T) {
	for _, address := range []string{"127.0.0.1:8080", "ftp://127.0.0.1", "http://", "http://127.0.0.1/v1.0"} {
		_, err := ringdown.New(address, "rd_key")
		expect(t, err != nil && strings.Contains(err.Error(), "expected http://host:port"), address+" is refused")
	}
	t.Setenv("RINGDOWN_KEY", "")
	_, err := ringdown.New("http://127.0.0.1:8080", "")
	expect(t, err != nil && strings.HasPrefix(err.Error(), "key: expected"), "no key is refused")
	server := start(t)
	t.Setenv("RINGDOWN_ADDRESS", server.address)
	t.Setenv("RINGDOWN_KEY", server.key)
	must(connect(t, "", "").GetCustomer(t.Context(), &v1.GetCustomerRequest{}))(t)
}

// silence returns the address of a server that accepts connections and never responds.
func silence(t testing.TB) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	t.Cleanup(func() { check(t, listener.Close()) })
	return "http://" + listener.Addr().String()
}

func TestDeadline(t *testing.T) {
	client := connect(t, silence(t), "rd_key", ringdown.WithTimeout(200*time.Millisecond))
	_, err := client.GetCustomer(t.Context(), &v1.GetCustomerRequest{})
	expect(t, failure(t, err).Code == codes.DeadlineExceeded, "the client's deadline")
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err = connect(t, silence(t), "rd_key").GetCustomer(ctx, &v1.GetCustomerRequest{})
	expect(t, failure(t, err).Code == codes.DeadlineExceeded, "the context's deadline")
}

// isGone reports whether the server could not be reached. On a busy machine, the deadline may expire first.
func isGone(failure *ringdown.Error) bool {
	return failure.Code == codes.Unavailable || failure.Code == codes.DeadlineExceeded
}

func TestNobodyThere(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	check(t, listener.Close())
	address := "http://" + listener.Addr().String()
	client := connect(t, address, "rd_key", ringdown.WithTimeout(300*time.Millisecond))
	_, err = client.GetCustomer(t.Context(), &v1.GetCustomerRequest{})
	expect(t, isGone(failure(t, err)), "an RPC that gives up")
	for _, err := range client.WatchCalls(t.Context(), &v1.WatchCallsRequest{IncludeSnapshot: true}) {
		expect(t, isGone(failure(t, err)), "a watch that gives up")
	}
}

// flaky is unavailable a number of times with a retry delay, then responds.
type flaky struct {
	v1.UnimplementedFlowServiceServer
	failures int
	keys     []string
}

func (flaky *flaky) answer(key string) error {
	flaky.keys = append(flaky.keys, key)
	if len(flaky.keys) > flaky.failures {
		return nil
	}
	moment := &errdetails.RetryInfo{RetryDelay: durationpb.New(time.Millisecond)}
	told, err := status.New(codes.Unavailable, "a moment").WithDetails(moment)
	if err != nil {
		return err
	}
	return told.Err()
}

func (flaky *flaky) GetFlow(context.Context, *v1.GetFlowRequest) (*v1.GetFlowResponse, error) {
	return &v1.GetFlowResponse{}, flaky.answer("")
}

func (flaky *flaky) CreateFlow(_ context.Context, request *v1.CreateFlowRequest) (*v1.CreateFlowResponse, error) {
	return &v1.CreateFlowResponse{}, flaky.answer(request.GetIdempotencyKey())
}

func (flaky *flaky) UpdateFlow(context.Context, *v1.UpdateFlowRequest) (*v1.UpdateFlowResponse, error) {
	return &v1.UpdateFlowResponse{}, flaky.answer("")
}

func startFlaky(t testing.TB, failures int) (*flaky, *ringdown.Client) {
	t.Helper()
	flaky := &flaky{failures: failures}
	return flaky, standIn(t, func(server *grpc.Server) { v1.RegisterFlowServiceServer(server, flaky) })
}

// standIn returns a client of a fake server.
func standIn(t testing.TB, register func(*grpc.Server)) *ringdown.Client {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	server := grpc.NewServer()
	register(server)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Stop()
		check(t, <-served)
	})
	return connect(t, "http://"+listener.Addr().String(), "rd_key")
}

func TestTries(t *testing.T) {
	t.Run("reads are tried again", func(t *testing.T) {
		flaky, client := startFlaky(t, 2)
		must(client.GetFlow(t.Context(), &v1.GetFlowRequest{}))(t)
		expect(t, len(flaky.keys) == 3, "three tries")
	})
	t.Run("creates are tried again under one key", func(t *testing.T) {
		flaky, client := startFlaky(t, 2)
		request := &v1.CreateFlowRequest{Name: "once"}
		must(client.CreateFlow(t.Context(), request))(t)
		must(client.CreateFlow(t.Context(), request))(t)
		keys := flaky.keys
		expect(t, len(keys) == 4 && keys[0] == keys[1] && keys[1] == keys[2], "three tries with one key")
		expect(t, uuid.Validate(keys[0]) == nil && keys[3] != keys[0], "a key of its own for each call")
		expect(t, request.GetIdempotencyKey() == "", "the caller's request as it was")
	})
	t.Run("what is not safe is tried once", func(t *testing.T) {
		flaky, client := startFlaky(t, 2)
		_, err := client.UpdateFlow(t.Context(), &v1.UpdateFlowRequest{})
		expect(t, failure(t, err).RetryDelay == time.Millisecond, "the delay that the server asks for")
		expect(t, len(flaky.keys) == 1, "one try")
	})
	t.Run("tries are bounded", func(t *testing.T) {
		flaky, client := startFlaky(t, 1_000)
		_, err := client.GetFlow(t.Context(), &v1.GetFlowRequest{})
		expect(t, failure(t, err).Code == codes.Unavailable, "an error in the end")
		expect(t, len(flaky.keys) == 10, "ten tries")
	})
}

func TestCutAnswers(t *testing.T) {
	server := start(t)
	proxy := startProxy(t, server.address)
	client := connect(t, proxy.address, server.key)
	hello := flow.Talk("Hello.").MustActions()
	t.Run("of a create", func(t *testing.T) {
		proxy.cutAnswers(1)
		made := must(client.CreateFlow(t.Context(), &v1.CreateFlowRequest{Name: "cut", Actions: hello}))(t).GetFlow()
		flows := rows(t, client.ListFlows(t.Context(), &v1.ListFlowsRequest{}))
		expect(t, len(flows) == 1 && flows[0].GetId() == made.GetId(), "one flow")
		expect(t, proxy.connections() == 2, "two connections")
	})
	t.Run("of a change", func(t *testing.T) {
		made := must(client.CreateFlow(t.Context(), &v1.CreateFlowRequest{Name: "cut", Actions: hello}))(t).GetFlow()
		proxy.cutAnswers(1)
		request := &v1.UpdateFlowRequest{Id: made.GetId(), Name: "changed", Actions: hello}
		_, err := client.UpdateFlow(t.Context(), request)
		expect(t, failure(t, err).Code == codes.Unavailable, "an error")
		got := must(client.GetFlow(t.Context(), &v1.GetFlowRequest{Id: made.GetId()}))(t).GetFlow()
		expect(t, got.GetRevision() == 2, "one change")
	})
}

// TestTLS connects to a server whose certificate the client is configured to trust.
func TestTLS(t *testing.T) {
	home := t.TempDir()
	trusted := x509.NewCertPool()
	trusted.AddCert(certificate(t, home))
	server := start(t, "--tls-cert", filepath.Join(home, "cert"), "--tls-key", filepath.Join(home, "key"))
	expect(t, strings.HasPrefix(server.address, "https://"), "an address with https")
	client := connect(t, server.address, server.key, ringdown.WithTLS(&tls.Config{RootCAs: trusted}))
	must(client.GetCustomer(t.Context(), &v1.GetCustomerRequest{}))(t)
	block := &v1.CreateActiveflowRequest{Actions: flow.Block().MustActions()}
	run := must(client.CreateActiveflow(t.Context(), block))(t).GetActiveflow()
	watch := &v1.WatchActiveflowsRequest{Ids: []string{run.GetId()}, UntilEnded: true}
	for told, err := range client.WatchActiveflows(t.Context(), watch) {
		check(t, err)
		expect(t, told.GetActiveflow().GetId() == run.GetId(), "a watch")
		break
	}
	// With the certificates of the system, and with a wrong one. Both fail immediately: a retry cannot help.
	other := x509.NewCertPool()
	other.AddCert(certificate(t, t.TempDir()))
	for _, others := range []*x509.CertPool{nil, other} {
		tries := 0
		count := func(
			ctx context.Context, method string, request, reply any, connection *grpc.ClientConn,
			invoke grpc.UnaryInvoker, options ...grpc.CallOption,
		) error {
			tries++
			return invoke(ctx, method, request, reply, connection, options...)
		}
		wary := connect(t, server.address, server.key, ringdown.WithTLS(&tls.Config{RootCAs: others}),
			ringdown.WithDialOption(grpc.WithChainUnaryInterceptor(count)))
		_, err := wary.GetCustomer(t.Context(), &v1.GetCustomerRequest{})
		refused := failure(t, err)
		expect(t, refused.Code == codes.Unavailable && strings.Contains(refused.Message, "certificate"), refused.Error())
		expect(t, tries == 1, "one try")
		for _, err := range wary.WatchCalls(t.Context(), &v1.WatchCallsRequest{}) {
			expect(t, strings.Contains(failure(t, err).Message, "certificate"), err.Error())
		}
	}
}

// certificate writes a certificate and its key.
func certificate(t testing.TB, home string) *x509.Certificate {
	t.Helper()
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	signed := must(x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key))(t)
	write := func(name, kind string, bytes []byte) {
		encoded := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes})
		check(t, os.WriteFile(filepath.Join(home, name), encoded, 0o600))
	}
	write("cert", "CERTIFICATE", signed)
	write("key", "PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(key))(t))
	return must(x509.ParseCertificate(signed))(t)
}
