package dev.ringdown;

import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** How long to wait between tries, and how often to try. */
final class Retry {
    /** How often a call is tried at most, the first time included. */
    static final int TRIES = 6;

    private static final long FIRST_PAUSE_MS = 100;
    private static final long LONGEST_PAUSE_MS = 3_000;

    private Retry() {}

    /**
     * Twice as long each time up to a bound, of which half is left to chance, so that the clients of a server that was away
     * do not come back all at once; or as long as the server asks for.
     */
    static Duration pause(int triesBefore, RingdownException failure) {
        long longest = Math.min(FIRST_PAUSE_MS << Math.min(triesBefore - 1, 10), LONGEST_PAUSE_MS);
        Duration pause = Duration.ofMillis(longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1));
        return pause.compareTo(failure.getRetryDelay()) < 0 ? failure.getRetryDelay() : pause;
    }

    /** Waits. A thread that is interrupted gives up. */
    static void sleep(Duration pause) {
        sleep(pause, new CountDownLatch(1));
    }

    /** Waits, unless it is closed meanwhile; whether it was not. A thread that is interrupted gives up. */
    static boolean sleep(Duration pause, CountDownLatch closed) {
        try {
            return !closed.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            Status given = Status.CANCELLED.withDescription("the thread was interrupted").withCause(interrupted);
            throw new RingdownException(given.asRuntimeException());
        }
    }
}
