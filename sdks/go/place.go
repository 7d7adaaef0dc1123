package ringdown

import (
	"crypto/sha256"
	"fmt"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	v1 "github.com/ringdown-voice/ringdown/sdks/go/ringdown/v1"
)

// nobody is an id that no resource has.
const nobody = "ffffffff-ffff-ffff-ffff-ffffffffffff"

// place is the position of a watch: the next request, and the responses that were already delivered.
type place[Request watchRequest] struct {
	request Request
	// The responses that were delivered during the snapshot; nil after it.
	shown map[[sha256.Size]byte]bool
}

func newPlace[Request watchRequest](request Request) *place[Request] {
	return &place[Request]{request: proto.CloneOf(request), shown: map[[sha256.Size]byte]bool{}}
}

// needsToken reports whether the watch begins now, so that it cannot resume before its first response.
func (place *place[Request]) needsToken() bool {
	asked := place.request
	return asked.GetResumeToken() == "" && !asked.GetIncludeSnapshot() && !asked.GetUntilEnded()
}

// tokenRequest is a watch that matches nothing: the token after its empty snapshot is the current position.
func (place *place[Request]) tokenRequest() Request {
	request := place.request.ProtoReflect().New()
	fields := request.Descriptor().Fields()
	request.Mutable(fields.ByName("ids")).List().Append(protoreflect.ValueOfString(nobody))
	request.Set(fields.ByName("include_snapshot"), protoreflect.ValueOfBool(true))
	return request.Interface().(Request)
}

// takes records a response. It returns false if the response was delivered before.
func (place *place[Request]) takes(told watchResponse) bool {
	message := place.request.ProtoReflect()
	token := protoreflect.ValueOfString(told.GetResumeToken())
	message.Set(message.Descriptor().Fields().ByName("resume_token"), token)
	// The first response that is not part of a snapshot ends it.
	if told.GetType() != v1.WatchType_WATCH_TYPE_SNAPSHOT {
		place.shown = nil
	}
	if place.shown == nil {
		return true
	}
	// An interrupted snapshot is sent again; resources that have not changed are not delivered again.
	digest := digestOf(told)
	if place.shown[digest] {
		return false
	}
	place.shown[digest] = true
	return true
}

// digestOf returns a digest of the state in a response of a snapshot, without its token.
func digestOf(told watchResponse) [sha256.Size]byte {
	state := proto.Clone(told).ProtoReflect()
	state.Clear(state.Descriptor().Fields().ByName("resume_token"))
	encoded, err := proto.MarshalOptions{Deterministic: true}.Marshal(state.Interface())
	if err != nil {
		panic(fmt.Sprintf("what was just decoded cannot be encoded: %v", err))
	}
	return sha256.Sum256(encoded)
}
