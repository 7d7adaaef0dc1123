package dev.ringdown;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.ringdown.v1.WatchType;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/**
 * What happens, as it happens. When the server is restarted or the connection breaks it goes on by itself where it was:
 * no event is told twice and nothing is left out. Where that is within a snapshot or right behind it, all that happened since
 * the snapshot began is told as events, also what the snapshot has shown. What happens after it was made is told, whenever the iteration begins. It
 * is iterated once, by one thread; any thread may close it, which ends the iteration. It does not tell of progress, which is
 * responses that hold nothing but a token, unless {@link #withProgress} asks for it.
 *
 * @param <R> what it tells
 */
public final class Watch<R extends Message> implements Iterator<R>, Iterable<R>, AutoCloseable {
    private final Rpc rpc;
    private final Function<Message, ServerStream<R>> open;
    private final SnapshotMemory snapshot = new SnapshotMemory();
    private Message request;
    private volatile ServerStream<R> stream;
    private final CountDownLatch closed = new CountDownLatch(1);
    private boolean progress;
    private boolean over;
    private R next;
    /** The token of what the caller has seen. */
    private String seen;
    private boolean connected;
    /** Tries in a row that brought nothing. */
    private int tries;
    private long heard = System.nanoTime();

    @SuppressWarnings("unchecked")
    <Q extends Message> Watch(Rpc rpc, Function<Q, ServerStream<R>> open, Q request) {
        this.rpc = rpc;
        this.open = it -> open.apply((Q) it);
        this.request = request;
        seen = text(request, "resume_token");
        if (seen.isEmpty() && !is(request, "include_snapshot") && !is(request, "until_ended")) {
            seen = present();
            goOnAfter(seen);
        }
    }

    /**
     * Tells of progress too: the first stands behind a snapshot, others where there was nothing else to tell for a while. To
     * be called before the iteration.
     *
     * @return this
     */
    public Watch<R> withProgress() {
        progress = true;
        return this;
    }

    /**
     * Where to go on from in another watch, of this process or of another.
     *
     * @return the token behind what {@link #next} gave last; empty before a snapshot has begun
     */
    public String resumeToken() {
        return seen;
    }

    /**
     * A watch from now on needs to know what "now" is before its first response: a snapshot of nothing has the token. Without
     * it, what happens while a first connection breaks would be lost.
     */
    private String present() {
        Message.Builder nothing = request.toBuilder();
        nothing.setField(field(request, "ids"), List.of(UUID.randomUUID().toString()));
        nothing.setField(field(request, "include_snapshot"), true);
        for (; ; ) {
            try (ServerStream<R> responses = open.apply(nothing.build())) {
                return text(responses.next(), "resume_token");
            } catch (RingdownException failure) {
                again(failure);
            }
        }
    }

    @Override
    public boolean hasNext() {
        while (next == null && !over) {
            try {
                next = pull();
            } catch (RingdownException failure) {
                disconnect();
                if (isClosed()) {
                    over = true;
                } else {
                    again(failure);
                }
            }
        }
        return next != null;
    }

    @Override
    public R next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        R told = next;
        next = null;
        seen = text(told, "resume_token");
        // A slow reader is no sign of a server that is away.
        heard = System.nanoTime();
        return told;
    }

    @Override
    public Iterator<R> iterator() {
        return this;
    }

    /** Ends the watch. */
    @Override
    public void close() {
        closed.countDown();
        disconnect();
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    /** The next response that was not told before; null where there is none. */
    private R pull() {
        ServerStream<R> responses = stream;
        if (responses == null) {
            responses = open.apply(request);
            stream = responses;
        }
        if (isClosed()) {
            disconnect();
            over = true;
            return null;
        }
        if (!responses.hasNext()) {
            if (!is(request, "until_ended")) {
                throw new RingdownException(
                        Status.UNAVAILABLE.withDescription("the server closed the watch").asRuntimeException());
            }
            over = true;
            return null;
        }
        R response = responses.next();
        tries = 0;
        connected = true;
        heard = System.nanoTime();
        boolean isNew = snapshot.isNew(response);
        goOnAfter(text(response, "resume_token"));
        if (isNew && (progress || !isProgress(response))) {
            return response;
        }
        seen = text(response, "resume_token");
        return null;
    }

    private void goOnAfter(String token) {
        request = request.toBuilder().setField(field(request, "resume_token"), token).build();
    }

    /** Waits before the next try, or says why there is none. */
    private void again(RingdownException cause) {
        RingdownException failure = rpc.told(cause);
        tries++;
        Duration pause = Retry.pause(tries, failure);
        Duration away = Duration.ofNanos(System.nanoTime() - heard).plus(pause);
        boolean patient = connected ? away.compareTo(rpc.patience()) < 0 : tries < Retry.TRIES;
        if (!failure.isPassing() || !patient) {
            over = true;
            throw failure;
        }
        if (Retry.sleep(pause, closed)) {
            rpc.connectAgain();
        } else {
            over = true;
        }
    }

    private void disconnect() {
        ServerStream<R> open = stream;
        stream = null;
        if (open != null) {
            open.close();
        }
    }

    private static FieldDescriptor field(Message message, String name) {
        return message.getDescriptorForType().findFieldByName(name);
    }

    private static String text(Message message, String name) {
        return (String) message.getField(field(message, name));
    }

    private static boolean is(Message message, String name) {
        return (boolean) message.getField(field(message, name));
    }

    private static boolean isProgress(Message response) {
        return isOf(WatchType.WATCH_TYPE_PROGRESS, response);
    }

    private static boolean isOf(WatchType type, Message response) {
        return response.getField(field(response, "type")).equals(type.getValueDescriptor());
    }

    /**
     * A connection that breaks within a snapshot has it told again from its beginning. This remembers what was told, until
     * the first response that is not part of the snapshot.
     */
    private static final class SnapshotMemory {
        private final Map<String, Instant> times = new HashMap<>();
        private boolean over;

        /** Whether a response tells something that was not told before. */
        boolean isNew(Message response) {
            over |= !isOf(WatchType.WATCH_TYPE_SNAPSHOT, response);
            if (over) {
                times.clear();
                return true;
            }
            Message resource = resource(response);
            Instant time = time(resource);
            Instant before = times.get(text(resource, "id"));
            boolean newer = before == null || time.isAfter(before);
            if (newer) {
                times.put(text(resource, "id"), time);
            }
            return newer;
        }

        /** What a response of a snapshot shows: its only message. */
        private static Message resource(Message response) {
            return (Message) response.getAllFields().entrySet().stream()
                    .filter(it -> it.getKey().getJavaType() == FieldDescriptor.JavaType.MESSAGE)
                    .findFirst().orElseThrow().getValue();
        }

        private static Instant time(Message resource) {
            FieldDescriptor updated = field(resource, "tm_update");
            FieldDescriptor field = resource.hasField(updated) ? updated : field(resource, "tm_create");
            Timestamp time = (Timestamp) resource.getField(field);
            return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
        }
    }
}
