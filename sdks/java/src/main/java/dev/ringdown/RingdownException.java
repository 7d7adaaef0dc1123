package dev.ringdown;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RequestInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;

/** The exception of all methods of this SDK. */
public final class RingdownException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Status status;
    private final transient List<FieldViolation> fieldViolations;
    private final transient Duration retryDelay;
    /** The reason, a stable identifier. */
    private final String reason;
    /** The id of the request in the server's log. */
    private final String requestId;

    RingdownException(StatusRuntimeException cause) {
        this(cause, StatusProto.fromThrowable(cause));
    }

    private RingdownException(StatusRuntimeException cause, com.google.rpc.Status details) {
        this(
                cause,
                detail(details, ErrorInfo.getDefaultInstance()).getReason(),
                detail(details, BadRequest.getDefaultInstance()).getFieldViolationsList().stream()
                        .map(it -> new FieldViolation(it.getField(), it.getDescription()))
                        .toList(),
                detail(details, RequestInfo.getDefaultInstance()).getRequestId(),
                detail(details, RetryInfo.getDefaultInstance()).getRetryDelay());
    }

    private RingdownException(
            StatusRuntimeException cause,
            String reason,
            List<FieldViolation> fieldViolations,
            String requestId,
            com.google.protobuf.Duration retryDelay) {
        super(message(cause.getStatus(), reason, fieldViolations), cause);
        this.status = cause.getStatus();
        this.reason = reason;
        this.fieldViolations = fieldViolations;
        this.requestId = requestId;
        this.retryDelay = Duration.ofSeconds(retryDelay.getSeconds(), retryDelay.getNanos());
    }

    private static String message(Status status, String reason, List<FieldViolation> fieldViolations) {
        StringBuilder text = new StringBuilder(reason.isEmpty() ? status.getCode().toString() : reason);
        text.append(": ").append(reason.isEmpty() ? rootOf(status) : status.getDescription());
        // The message already contains the problem if there is only one.
        fieldViolations.stream()
                .map(it -> it.field() + ": " + it.description())
                .filter(it -> text.indexOf(it) < 0)
                .forEach(it -> text.append("; ").append(it));
        return text.toString();
    }

    /** Describes the cause of a status. The status of a broken connection itself contains little information. */
    private static String rootOf(Status status) {
        Throwable root = status.getCause();
        while (root != null && root.getCause() != null) {
            root = root.getCause();
        }
        return root == null || root.getMessage() == null ? status.getDescription() : root.getMessage();
    }

    /** Returns the detail of this type, or an empty one if there is none. */
    @SuppressWarnings("unchecked")
    private static <D extends Message> D detail(com.google.rpc.Status details, D empty) {
        for (Any any : details.getDetailsList()) {
            if (any.is(empty.getClass())) {
                try {
                    return (D) any.unpack(empty.getClass());
                } catch (InvalidProtocolBufferException garbled) {
                    return empty;
                }
            }
        }
        return empty;
    }

    /**
     * Returns the gRPC code.
     *
     * @return the code, such as {@code NOT_FOUND}
     */
    public Status.Code getCode() {
        return status.getCode();
    }

    /**
     * Returns the reason, a stable identifier to branch on.
     *
     * @return the reason, such as {@code CALL_NOT_FOUND}; empty if the server was not reached
     */
    public String getReason() {
        return reason;
    }

    /**
     * Returns the invalid fields of the request.
     *
     * @return the fields, often none
     */
    public List<FieldViolation> getFieldViolations() {
        return fieldViolations;
    }

    /**
     * Returns the id of the request in the server's log.
     *
     * @return the id; empty if the server was not reached
     */
    public String getRequestId() {
        return requestId;
    }

    /** Returns the delay before a retry that the server requests; zero if it requests none. */
    Duration getRetryDelay() {
        return retryDelay;
    }

    /** Whether the server was unavailable or the connection was lost, so that a retry may succeed. */
    boolean isPassing() {
        return getCode() == Status.Code.UNAVAILABLE && !isDistrust();
    }

    /** Whether this client does not trust the server's certificate. gRPC reports such a server as unavailable. */
    private boolean isDistrust() {
        for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException || cause instanceof CertPathBuilderException) {
                return true;
            }
        }
        return false;
    }
}
