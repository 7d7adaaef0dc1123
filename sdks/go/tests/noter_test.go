package tests

import (
	"context"
	"sync"

	"google.golang.org/grpc/stats"
)

// noter records which RPCs a client calls.
func noter(called map[string]bool) stats.Handler {
	return &notes{called: called}
}

type notes struct {
	lock   sync.Mutex
	called map[string]bool
}

func (notes *notes) TagRPC(ctx context.Context, info *stats.RPCTagInfo) context.Context {
	notes.lock.Lock()
	defer notes.lock.Unlock()
	notes.called[info.FullMethodName] = true
	return ctx
}

func (notes *notes) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }
func (notes *notes) HandleRPC(context.Context, stats.RPCStats)                         {}
func (notes *notes) HandleConn(context.Context, stats.ConnStats)                       {}
