package ringdown

import (
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
		fmt.Fprintf(&said, "; %s: %s", violation.Field, violation.Description)
	}
	if failure.RequestID != "" {
		fmt.Fprintf(&said, " (request %s)", failure.RequestID)
	}
	return said.String()
}

// GRPCStatus lets status.FromError and status.Code read the error.
func (failure *Error) GRPCStatus() *status.Status { return failure.status }

// isLostConnection reports whether the server was not there, or the connection to it broke.
func (failure *Error) isLostConnection() bool {
	switch failure.Code {
	case codes.Unavailable:
		return true
	case codes.Unknown, codes.Internal, codes.Canceled:
		// The transport says so when it breaks in the middle; the server's own refusals carry a reason.
		return failure.Reason == ""
	}
	return false
}

func errorOf(err error) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	status := status.Convert(err)
	failure := &Error{Code: status.Code(), Message: status.Message(), status: status}
	for _, detail := range status.Details() {
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
