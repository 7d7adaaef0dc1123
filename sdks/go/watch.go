package ringdown

import (
	"context"
	"errors"
	"io"
	"iter"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	v1 "github.com/ringdown-voice/ringdown/sdks/go/ringdown/v1"
)

// WatchOption changes the behaviour of a watch.
type WatchOption func(*watching)

type watching struct{ progress bool }

// WithProgress delivers responses of type progress as well. They contain only a token; the first one follows the snapshot.
func WithProgress() WatchOption {
	return func(watching *watching) { watching.progress = true }
}

// WatchActiveflows streams all events of the activeflows that match, in order, without gaps or duplicates. It reconnects by
// itself when the connection breaks or the server restarts. It delivers the events after this call; a snapshot is taken when
// the iteration begins. If the connection breaks during a snapshot or directly after it, all events since the snapshot began
// are delivered, including those that the snapshot already reflects. The iteration ends with the context, and after an
// error. Another iteration continues where the previous one stopped.
func (client *Client) WatchActiveflows(
	ctx context.Context, request *v1.WatchActiveflowsRequest, options ...WatchOption,
) iter.Seq2[*v1.WatchActiveflowsResponse, error] {
	return watch(ctx, client, request, client.Services.WatchActiveflows, options)
}

// WatchCalls streams all events of the calls that match, as [Client.WatchActiveflows] does for activeflows.
func (client *Client) WatchCalls(
	ctx context.Context, request *v1.WatchCallsRequest, options ...WatchOption,
) iter.Seq2[*v1.WatchCallsResponse, error] {
	return watch(ctx, client, request, client.Services.WatchCalls, options)
}

// DownloadRecording streams the file of a recording, in chunks.
func (client *Client) DownloadRecording(
	ctx context.Context, request *v1.DownloadRecordingRequest,
) iter.Seq2[*v1.DownloadRecordingResponse, error] {
	return func(yield func(*v1.DownloadRecordingResponse, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		stream, err := client.Services.DownloadRecording(ctx, request)
		for err == nil {
			var part *v1.DownloadRecordingResponse
			if part, err = stream.Recv(); err == nil && !yield(part, nil) {
				return
			}
		}
		if !errors.Is(err, io.EOF) {
			yield(nil, err)
		}
	}
}

type opener[Request, Response any] func(
	context.Context, Request, ...grpc.CallOption,
) (grpc.ServerStreamingClient[Response], error)

// watcher is a watch across its connections.
type watcher[Request watchRequest, Response any] struct {
	client  *Client
	open    opener[Request, Response]
	place   *place[Request]
	outage  outage
	options watching
}

func watch[Request watchRequest, Response any](
	ctx context.Context, client *Client, request Request, open opener[Request, Response], options []WatchOption,
) iter.Seq2[*Response, error] {
	watcher := &watcher[Request, Response]{client: client, open: open, place: newPlace(request)}
	watcher.outage.patience = client.timeout
	for _, option := range options {
		option(&watcher.options)
	}
	err := watcher.findNow(ctx)
	return func(yield func(*Response, error) bool) {
		for err == nil {
			lost := watcher.follow(ctx, yield)
			if lost == nil {
				return
			}
			err = watcher.pause(ctx, lost)
		}
		yield(nil, err)
	}
}

// follow delivers the responses of one connection. It returns nil when the watch has ended.
func (watcher *watcher[Request, Response]) follow(ctx context.Context, yield func(*Response, error) bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := watcher.open(ctx, watcher.place.request)
	if err != nil {
		return err
	}
	for {
		response, err := stream.Recv()
		if errors.Is(err, io.EOF) && !watcher.place.request.GetUntilEnded() {
			return errorOf(status.Error(codes.Unavailable, "the server closed the watch"))
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		watcher.outage.over(watcher.client.reconnectFor)
		told := any(response).(watchResponse)
		isNew := watcher.place.takes(told)
		if isNew && (watcher.options.progress || !isProgress(told)) && !yield(response, nil) {
			return nil
		}
	}
}

// pause waits before the next connection, or returns the error that ends the watch.
func (watcher *watcher[Request, Response]) pause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errorOf(ctx.Err())
	}
	if watcher.client.isClosed() {
		return err
	}
	pause, again := watcher.outage.after(errorOf(err))
	if !again {
		return err
	}
	if !wait(ctx, pause) {
		return errorOf(ctx.Err())
	}
	return nil
}

// findNow gets the token of the current position, so that later events are not missed.
func (watcher *watcher[Request, Response]) findNow(ctx context.Context) error {
	for watcher.place.needsToken() {
		lost := watcher.askToken(ctx)
		if lost == nil {
			return nil
		}
		if err := watcher.pause(ctx, lost); err != nil {
			return err
		}
	}
	return nil
}

func (watcher *watcher[Request, Response]) askToken(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, watcher.client.timeout)
	defer cancel()
	stream, err := watcher.open(ctx, watcher.place.tokenRequest())
	if err != nil {
		return err
	}
	response, err := stream.Recv()
	if err != nil {
		return err
	}
	watcher.outage.over(watcher.client.reconnectFor)
	watcher.place.takes(any(response).(watchResponse))
	return nil
}

// watchRequest is the common interface of the requests of watches.
type watchRequest interface {
	proto.Message
	GetResumeToken() string
	GetIncludeSnapshot() bool
	GetUntilEnded() bool
}

// watchResponse is the common interface of the responses of watches.
type watchResponse interface {
	proto.Message
	GetResumeToken() string
	GetType() v1.WatchType
}

func isProgress(told watchResponse) bool {
	return told.GetType() == v1.WatchType_WATCH_TYPE_PROGRESS
}
