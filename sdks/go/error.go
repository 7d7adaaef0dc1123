package ringdown

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Error is what the server refused, or why it could not be asked. Use errors.As to get at it.
type Error struct {
	// Code is the gRPC status code.
	Code codes.Code
	// Reason is what it is, in a word to branch on, as CALL_NOT_FOUND. Empty: it is the connection that failed, not the
	// server that refused.
	Reason string
	// Message is what it is, in a sentence.
	Message string
	// FieldViolations are the fields that are wrong.
	FieldViolations []FieldViolation
	// RequestID names the request in the server's log. Empty: it did not get there.
	RequestID string
	// RetryDelay is how long the server asks to wait before another try. 0: it does not ask.
	RetryDelay time.Duration

	status *status.Status
}

// FieldViolation is a field of the request that is wrong, and what was expected.
type FieldViolation struct {
	Field       string
	Description string
}

func (failure *Error) Error() string {
	var said strings.Builder
	said.WriteString(failure.Code.String())
	if failure.Reason != "" {
		said.WriteString(" " + failure.Reason)
	}
	said.WriteString(": " + failure.Message)
	for _, violation := range failure.FieldViolations {
		// A message tells of what is wrong in one field by itself.
		if wrong := violation.Field + ": " + violation.Description; !strings.Contains(failure.Message, wrong) {
			said.WriteString("; " + wrong)
		}
	}
	if failure.RequestID != "" {
		fmt.Fprintf(&said, " (request %s)", failure.RequestID)
	}
	return said.String()
}

// GRPCStatus lets status.FromError and status.Code read the error.
func (failure *Error) GRPCStatus() *status.Status { return failure.status }

// Is lets errors.Is find context.Canceled and context.DeadlineExceeded.
func (failure *Error) Is(target error) bool {
	switch failure.Code {
	case codes.Canceled:
		return target == context.Canceled
	case codes.DeadlineExceeded:
		return target == context.DeadlineExceeded
	}
	return false
}

// isAway reports whether the server was not there, so that another try may find it.
func (failure *Error) isAway() bool {
	// gRPC says the same of a server whose certificate is not trusted, which no try mends.
	return failure.Code == codes.Unavailable && !strings.Contains(failure.Message, "failed to verify certificate")
}

// isLostConnection reports whether the server was not there, or the connection to it broke.
func (failure *Error) isLostConnection() bool {
	switch failure.Code {
	case codes.Unknown, codes.Internal, codes.Canceled:
		// The transport says so when it breaks in the middle; the server's own refusals carry a reason.
		return failure.Reason == ""
	}
	return failure.isAway()
}

func errorOf(err error) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	told, isStatus := status.FromError(err)
	if !isStatus {
		told = status.FromContextError(err)
	}
	failure := &Error{Code: told.Code(), Message: told.Message(), status: told}
	for _, detail := range told.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			failure.Reason = detail.GetReason()
		case *errdetails.RequestInfo:
			failure.RequestID = detail.GetRequestId()
		case *errdetails.RetryInfo:
			failure.RetryDelay = detail.GetRetryDelay().AsDuration()
		case *errdetails.BadRequest:
			for _, it := range detail.GetFieldViolations() {
				violation := FieldViolation{Field: it.GetField(), Description: it.GetDescription()}
				failure.FieldViolations = append(failure.FieldViolations, violation)
			}
		}
	}
	return failure
}

// errorOrEnd leaves the regular end of a stream as it is.
func errorOrEnd(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return errorOf(err)
}
