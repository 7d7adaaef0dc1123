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

// place is where a watch is: what goes into the next request, and what was told already.
type place[Request watchRequest] struct {
	request Request
	// What was told before the end of the snapshot; nil after it.
	shown map[[sha256.Size]byte]bool
}

func newPlace[Request watchRequest](request Request) *place[Request] {
	return &place[Request]{request: proto.CloneOf(request), shown: map[[sha256.Size]byte]bool{}}
}

// needsToken reports whether a break would lose something: a watch from now on has no token until the first thing is told.
func (place *place[Request]) needsToken() bool {
	asked := place.request
	return asked.GetResumeToken() == "" && !asked.GetIncludeSnapshot() && !asked.GetUntilEnded()
}

// tokenRequest is a watch of nobody: its snapshot is empty, and the token behind that is where now is.
func (place *place[Request]) tokenRequest() Request {
	request := place.request.ProtoReflect().New()
	fields := request.Descriptor().Fields()
	request.Mutable(fields.ByName("ids")).List().Append(protoreflect.ValueOfString(nobody))
	request.Set(fields.ByName("include_snapshot"), protoreflect.ValueOfBool(true))
	return request.Interface().(Request)
}

// takes notes a response. False: it was told before.
func (place *place[Request]) takes(told watchResponse) bool {
	message := place.request.ProtoReflect()
	token := protoreflect.ValueOfString(told.GetResumeToken())
	message.Set(message.Descriptor().Fields().ByName("resume_token"), token)
	// A snapshot is over with the first response that is not part of it.
	if told.GetType() != v1.WatchType_WATCH_TYPE_SNAPSHOT {
		place.shown = nil
	}
	if place.shown == nil {
		return true
	}
	// A snapshot that broke begins again; what has not changed since is not told again.
	digest := digestOf(told)
	if place.shown[digest] {
		return false
	}
	place.shown[digest] = true
	return true
}

// digestOf is of the state that a response of a snapshot tells, whatever its token.
func digestOf(told watchResponse) [sha256.Size]byte {
	state := proto.Clone(told).ProtoReflect()
	state.Clear(state.Descriptor().Fields().ByName("resume_token"))
	encoded, err := proto.MarshalOptions{Deterministic: true}.Marshal(state.Interface())
	if err != nil {
		panic(fmt.Sprintf("what was just decoded cannot be encoded: %v", err))
	}
	return sha256.Sum256(encoded)
}
