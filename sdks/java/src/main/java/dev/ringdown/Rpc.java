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

/** How RPCs are called: with a deadline, again where that is safe, and with one type of error. */
final class Rpc {
    private final ManagedChannel connection;
    /** The connection with everything that is put around each try. */
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

    /** How long a watch goes on trying while the server is away. */
    Duration patience() {
        return patience;
    }

    /** What a call has failed with: where the client was closed, that. */
    RingdownException told(RingdownException failure) {
        return connection.isShutdown()
                ? new RingdownException(Status.CANCELLED.withDescription("the client is closed").asRuntimeException())
                : failure;
    }

    /** Lets the next try connect at once, and not when the channel's own pause is over. */
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

    /** Reads are, and what has an idempotency key, which is always filled in. */
    private static boolean isSafeToRepeat(MethodDescriptor<?, ?> method, Message request) {
        if (request.getDescriptorForType().findFieldByName("idempotency_key") != null) {
            return true;
        }
        ProtoMethodDescriptorSupplier schema = (ProtoMethodDescriptorSupplier) method.getSchemaDescriptor();
        MethodOptions options = schema.getMethodDescriptor().getOptions();
        boolean reads = options.getIdempotencyLevel() == MethodOptions.IdempotencyLevel.NO_SIDE_EFFECTS;
        return reads || options.getExtension(AnnotationsProto.http).hasGet();
    }

    /** The same key goes with each try of a call, so that the server does the work once. The caller's own is kept. */
    @SuppressWarnings("unchecked")
    private static <Q extends Message> Q withIdempotencyKey(Q request) {
        FieldDescriptor key = request.getDescriptorForType().findFieldByName("idempotency_key");
        if (key == null || !request.getField(key).equals("")) {
            return request;
        }
        return (Q) request.toBuilder().setField(key, UUID.randomUUID().toString()).build();
    }
}
