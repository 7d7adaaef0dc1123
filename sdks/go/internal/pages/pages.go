// Package pages turns the pages of a list into an iterator.
package pages

import (
	"context"
	"iter"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// All returns the rows of all pages and requests one page after the other.
func All[Request proto.Message, Page, Row any](
	ctx context.Context, request Request,
	list func(context.Context, Request, ...grpc.CallOption) (Page, error), rows func(Page) []Row,
) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		request := proto.CloneOf(request)
		for {
			page, err := list(ctx, request)
			if err != nil {
				var none Row
				yield(none, err)
				return
			}
			for _, row := range rows(page) {
				if !yield(row, nil) {
					return
				}
			}
			// A list without pages has no token.
			paged, has := any(page).(interface{ GetNextPageToken() string })
			if !has || paged.GetNextPageToken() == "" {
				return
			}
			message := request.ProtoReflect()
			field := message.Descriptor().Fields().ByName("page_token")
			message.Set(field, protoreflect.ValueOfString(paged.GetNextPageToken()))
		}
	}
}
