package ringdown

import (
	"testing"

	v1 "github.com/ringdown-voice/ringdown/sdks/go/ringdown/v1"
)

// An interrupted snapshot is sent again, and only resources that changed since are delivered.
func TestSnapshotThatBroke(t *testing.T) {
	place := newPlace(&v1.WatchCallsRequest{IncludeSnapshot: true})
	const snapshot, updated = v1.WatchType_WATCH_TYPE_SNAPSHOT, v1.WatchType_WATCH_TYPE_UPDATED
	expect := func(isTold bool, id string, status v1.CallStatus, kind v1.WatchType) {
		t.Helper()
		call := &v1.Call{Id: id, Status: status}
		if place.takes(&v1.WatchCallsResponse{ResumeToken: "again", Type: kind, Call: call}) != isTold {
			t.Errorf("%s, %s, %s: expected %v", kind, id, status, isTold)
		}
	}
	expect(true, "one", 1, snapshot)
	expect(true, "two", 1, snapshot)
	// The connection breaks here.
	expect(false, "one", 1, snapshot)
	expect(true, "two", 2, snapshot)
	// The last response of a snapshot carries the token of the events that follow.
	last := &v1.WatchCallsResponse{ResumeToken: "after", Type: snapshot, Call: &v1.Call{Id: "three"}}
	if !place.takes(last) || place.request.GetResumeToken() != "after" {
		t.Error("expected the last response, and its token")
	}
	// Events in the meantime are delivered, although the snapshot already reflects them.
	expect(true, "two", 1, updated)
	expect(true, "two", 2, updated)
	if place.shown != nil {
		t.Errorf("expected nothing, not %d", len(place.shown))
	}
}

// A watch that resumes from a token keeps no digests, no matter how many responses it receives.
func TestWhatWasToldIsKeptForASnapshotAlone(t *testing.T) {
	place := newPlace(&v1.WatchCallsRequest{ResumeToken: "0"})
	for _, token := range []string{"1", "2"} {
		place.takes(&v1.WatchCallsResponse{ResumeToken: token, Type: v1.WatchType_WATCH_TYPE_UPDATED, Call: &v1.Call{Id: token}})
	}
	if place.shown != nil {
		t.Errorf("expected nothing, not %d", len(place.shown))
	}
}
