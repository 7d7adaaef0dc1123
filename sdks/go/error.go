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

// Error is an error from the server, or a failure to reach it. Use errors.As to obtain it.
type Error struct {
	// Code is the gRPC status code.
	Code codes.Code
	// Reason is a stable identifier to branch on, such as CALL_NOT_FOUND. It is empty if the connection failed and the
	// error does not come from the server.
	Reason string
	// Message is a description, in a sentence.
	Message string
	// FieldViolations are the invalid fields of the request.
	FieldViolations []FieldViolation
	// RequestID is the id of the request in the server's log. It is empty if the request did not arrive.
	RequestID string
	// RetryDelay is the delay before a retry that the server requests. 0 if it requests none.
	RetryDelay time.Duration

	status *status.Status
}

// FieldViolation is an invalid field of the request, with a description of the problem.
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
		// The message already contains the problem if there is only one.
		if wrong := violation.Field + ": " + violation.Description; !strings.Contains(failure.Message, wrong) {
			said.WriteString("; " + wrong)
		}
	}
	if failure.RequestID != "" {
		fmt.Fprintf(&said, " (request %s)", failure.RequestID)
	}
	return said.String()
}

// GRPCStatus makes the error readable by status.FromError and status.Code.
func (failure *Error) GRPCStatus() *status.Status { return failure.status }

// Is makes errors.Is match context.Canceled and context.DeadlineExceeded.
func (failure *Error) Is(target error) bool {
	switch failure.Code {
	case codes.Canceled:
		return target == context.Canceled
	case codes.DeadlineExceeded:
		return target == context.DeadlineExceeded
	}
	return false
}

// isAway reports whether the server was unavailable, so that a retry may succeed.
func (failure *Error) isAway() bool {
	// gRPC reports the same code for an untrusted certificate, which a retry cannot fix.
	return failure.Code == codes.Unavailable && !strings.Contains(failure.Message, "failed to verify certificate")
}

// isLostConnection reports whether the server was unavailable or the connection broke.
func (failure *Error) isLostConnection() bool {
	switch failure.Code {
	case codes.Unknown, codes.Internal, codes.Canceled:
		// These are the codes of the transport when it breaks. Errors from the server itself carry a reason.
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

// errorOrEnd returns the regular end of a stream unchanged.
func errorOrEnd(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return errorOf(err)
}
