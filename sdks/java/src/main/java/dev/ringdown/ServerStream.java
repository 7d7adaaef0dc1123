package dev.ringdown;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;

/**
 * A stream of responses to one request. It can be iterated only once, and must be closed unless it is read to its end.
 *
 * @param <R> the type of a response
 */
public final class ServerStream<R> implements Iterator<R>, Iterable<R>, AutoCloseable {
    private final Context.CancellableContext context = Context.current().withCancellation();
    private final Iterator<R> responses;

    ServerStream(Callable<Iterator<R>> open) {
        try {
            responses = context.call(open);
        } catch (StatusRuntimeException cause) {
            throw new RingdownException(cause);
        } catch (Exception cause) {
            throw new RingdownException(Status.fromThrowable(cause).asRuntimeException());
        }
    }

    @Override
    public boolean hasNext() {
        try {
            boolean more = responses.hasNext();
            if (!more) {
                close();
            }
            return more;
        } catch (StatusRuntimeException cause) {
            close();
            throw new RingdownException(cause);
        }
    }

    @Override
    public R next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return responses.next();
    }

    @Override
    public Iterator<R> iterator() {
        return this;
    }

    /** Ends the stream. */
    @Override
    public void close() {
        context.cancel(null);
    }
}
