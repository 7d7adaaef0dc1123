package ringdown

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
)

// bearer is the credential of every request.
type bearer string

func (key bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(key)}, nil
}

// RequireTransportSecurity allows sending the key in plaintext, because the caller has chosen http.
func (key bearer) RequireTransportSecurity() bool { return false }

// isSafe reports whether an RPC is safe to retry: it only reads, or carries an idempotency key.
func isSafe(method string) bool {
	name := protoreflect.FullName(strings.ReplaceAll(strings.TrimPrefix(method, "/"), "/", "."))
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(name)
	if err != nil {
		return false
	}
	rpc, isMethod := found.(protoreflect.MethodDescriptor)
	if !isMethod {
		return false
	}
	options, hasOptions := rpc.Options().(*descriptorpb.MethodOptions)
	if hasOptions {
		http, hasHTTP := proto.GetExtension(options, annotations.E_Http).(*annotations.HttpRule)
		reads := hasHTTP && http.GetGet() != ""
		if reads || options.GetIdempotencyLevel() == descriptorpb.MethodOptions_NO_SIDE_EFFECTS {
			return true
		}
	}
	return rpc.Input().Fields().ByName("idempotency_key") != nil
}

// withKey returns the request with an idempotency key, which all attempts share.
func withKey(request any) any {
	message, isMessage := request.(proto.Message)
	if !isMessage {
		return request
	}
	field := message.ProtoReflect().Descriptor().Fields().ByName("idempotency_key")
	if field == nil || message.ProtoReflect().Get(field).String() != "" {
		return request
	}
	keyed := proto.Clone(message)
	keyed.ProtoReflect().Set(field, protoreflect.ValueOfString(uuid.NewString()))
	return keyed
}

// unary adds the deadline and the retries to an RPC.
func (client *Client) unary(
	ctx context.Context, method string, request, reply any,
	connection *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption,
) error {
	if _, has := ctx.Deadline(); !has {
		limited, cancel := context.WithTimeout(ctx, client.timeout)
		defer cancel()
		ctx = limited
	}
	request = withKey(request)
	tries := tries{most: 1}
	if isSafe(method) {
		tries.most = mostTries
	}
	for {
		err := invoke(ctx, method, request, reply, connection, options...)
		if err == nil {
			return nil
		}
		failure := errorOf(err)
		pause, again := tries.after(ctx, failure)
		if !again {
			return failure
		}
		if !wait(ctx, pause) {
			return failure
		}
	}
}

// stream converts errors of streams to an [Error] as well.
func stream(
	ctx context.Context, description *grpc.StreamDesc, connection *grpc.ClientConn, method string,
	open grpc.Streamer, options ...grpc.CallOption,
) (grpc.ClientStream, error) {
	opened, err := open(ctx, description, connection, method, options...)
	if err != nil {
		return nil, errorOf(err)
	}
	return telling{opened}, nil
}

type telling struct{ grpc.ClientStream }

func (stream telling) RecvMsg(message any) error {
	return errorOrEnd(stream.ClientStream.RecvMsg(message))
}
