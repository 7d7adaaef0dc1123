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
 * A stream of events, in order, without gaps or duplicates. It reconnects by itself when the connection breaks or the server
 * restarts. If that happens during a snapshot or directly after it, all events since the snapshot began are delivered,
 * including those that the snapshot already reflects. All events after the creation of the watch are delivered, whenever the
 * iteration begins. A watch can be iterated only once, by one thread. Any thread can close it, which ends the iteration.
 * Progress responses, which contain only a token, are not delivered unless {@link #withProgress} is called.
 *
 * @param <R> the type of a response
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
    /** The token of the last response that the caller received. */
    private String seen;
    private boolean connected;
    /** Consecutive attempts without a response. */
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
     * Delivers progress responses as well: the first one follows the snapshot, others are sent after idle periods. Must be
     * called before the iteration.
     *
     * @return this
     */
    public Watch<R> withProgress() {
        progress = true;
        return this;
    }

    /**
     * Returns the token from which another watch, in this or another process, can resume.
     *
     * @return the token after the last response of {@link #next}; empty before a snapshot has begun
     */
    public String resumeToken() {
        return seen;
    }

    /**
     * Gets the token of the current position with the snapshot of an empty watch. Without it, a watch that begins now would
     * lose the events that happen while its first connection breaks.
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
        // A slow reader does not mean that the server is unavailable.
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

    /** Returns the next response that was not delivered before, or null if there is none. */
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

    /** Waits before the next attempt, or throws the error that ends the watch. */
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
     * Removes duplicates from a snapshot that is sent again after a lost connection. It records the delivered responses until
     * the first one that is not part of the snapshot.
     */
    private static final class SnapshotMemory {
        private final Map<String, Instant> times = new HashMap<>();
        private boolean over;

        /** Whether a response was not delivered before. */
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

        /** Returns the resource in a response of a snapshot: its only message. */
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
