package dev.ringdown;

import com.google.api.AnnotationsProto;
import com.google.protobuf.DescriptorProtos.MethodOptions;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Calls RPCs with a deadline, with retries where they are safe, and with one type of error. */
final class Rpc {
    private final ManagedChannel connection;
    /** The connection, with the interceptors of each attempt. */
    private final Channel channel;
    private final Duration timeout;
    private final Duration patience;

    Rpc(ManagedChannel connection, Channel channel, Duration timeout, Duration patience) {
        this.connection = connection;
        this.channel = channel;
        this.timeout = timeout;
        this.patience = patience;
    }

    Rpc withTimeout(Duration timeout) {
        return new Rpc(connection, channel, timeout, patience);
    }

    /** How long a watch tries to reconnect while the server is unavailable. */
    Duration patience() {
        return patience;
    }

    /** Returns the failure of a call, or the error of a closed client. */
    RingdownException told(RingdownException failure) {
        return connection.isShutdown()
                ? new RingdownException(Status.CANCELLED.withDescription("the client is closed").asRuntimeException())
                : failure;
    }

    /** Lets the next attempt connect immediately, without the backoff of the channel. */
    void connectAgain() {
        connection.resetConnectBackoff();
    }

    <Q extends Message, R extends Message> R unary(MethodDescriptor<Q, R> method, Q request) {
        Q keyed = withIdempotencyKey(request);
        boolean safe = isSafeToRepeat(method, request);
        long end = System.nanoTime() + timeout.toNanos();
        for (int tries = 1; ; tries++) {
            CallOptions options = CallOptions.DEFAULT;
            if (!timeout.isZero()) {
                options = options.withDeadlineAfter(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
            try {
                return ClientCalls.blockingUnaryCall(channel, method, options, keyed);
            } catch (StatusRuntimeException cause) {
                RingdownException failure = told(new RingdownException(cause));
                Duration pause = Retry.pause(tries, failure);
                boolean late = !timeout.isZero() && System.nanoTime() + pause.toNanos() - end >= 0;
                if (!safe || !failure.isPassing() || tries >= Retry.TRIES || late) {
                    throw failure;
                }
                Retry.sleep(pause);
                connectAgain();
            }
        }
    }

    <Q extends Message, R extends Message> ServerStream<R> stream(MethodDescriptor<Q, R> method, Q request) {
        return new ServerStream<>(() -> ClientCalls.blockingServerStreamingCall(channel, method, CallOptions.DEFAULT, request));
    }

    <Q extends Message, R extends Message> Watch<R> watch(MethodDescriptor<Q, R> method, Q request) {
        return new Watch<>(this, it -> stream(method, it), request);
    }

    /** Whether an RPC is safe to retry: it only reads, or has an idempotency key, which is always set. */
    private static boolean isSafeToRepeat(MethodDescriptor<?, ?> method, Message request) {
        if (request.getDescriptorForType().findFieldByName("idempotency_key") != null) {
            return true;
        }
        ProtoMethodDescriptorSupplier schema = (ProtoMethodDescriptorSupplier) method.getSchemaDescriptor();
        MethodOptions options = schema.getMethodDescriptor().getOptions();
        boolean reads = options.getIdempotencyLevel() == MethodOptions.IdempotencyLevel.NO_SIDE_EFFECTS;
        return reads || options.getExtension(AnnotationsProto.http).hasGet();
    }

    /** Sets a key that all attempts of a call share, so that the server performs it once. A key of the caller is kept. */
    @SuppressWarnings("unchecked")
    private static <Q extends Message> Q withIdempotencyKey(Q request) {
        FieldDescriptor key = request.getDescriptorForType().findFieldByName("idempotency_key");
        if (key == null || !request.getField(key).equals("")) {
            return request;
        }
        return (Q) request.toBuilder().setField(key, UUID.randomUUID().toString()).build();
    }
}
