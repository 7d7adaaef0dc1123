package dev.ringdown;

import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** The delays between attempts and their maximum number. */
final class Retry {
    /** The maximum number of attempts of a call, including the first. */
    static final int TRIES = 6;

    private static final long FIRST_PAUSE_MS = 100;
    private static final long LONGEST_PAUSE_MS = 3_000;

    private Retry() {}

    /**
     * Returns an exponential backoff up to a limit, half of it random, so that the clients of a server that was unavailable
     * do not all reconnect at the same time; or the delay that the server requests, if it is longer.
     */
    static Duration pause(int triesBefore, RingdownException failure) {
        long longest = Math.min(FIRST_PAUSE_MS << Math.min(triesBefore - 1, 10), LONGEST_PAUSE_MS);
        Duration pause = Duration.ofMillis(longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1));
        return pause.compareTo(failure.getRetryDelay()) < 0 ? failure.getRetryDelay() : pause;
    }

    /** Waits. Fails if the thread is interrupted. */
    static void sleep(Duration pause) {
        sleep(pause, new CountDownLatch(1));
    }

    /** Waits, and returns false if it is closed in the meantime. Fails if the thread is interrupted. */
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
