package dev.ringdown;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A proxy between a client and a server that cuts connections on demand. */
final class Proxy implements AutoCloseable {
    private static final int FRAME_HEADER = 9;
    private static final int HEADERS = 1;

    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger refuse = new AtomicInteger();
    private final AtomicInteger swallow = new AtomicInteger();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final URI target;

    Proxy(String target) throws IOException {
        this.target = URI.create(target);
        thread(this::accept);
    }

    String address() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    /** Returns the number of accepted connections. */
    int connections() {
        return connections.get();
    }

    /** Cuts all connections, and new ones as soon as they are made. */
    void cut(int andTheNext) {
        refuse.set(andTheNext);
        sockets.forEach(Proxy::close);
    }

    /** Forwards the next requests and cuts the connection instead of the response. */
    void swallowAnswers(int count) {
        swallow.set(count);
    }

    @Override
    public void close() {
        close(listener);
        cut(0);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                connections.incrementAndGet();
                if (refuse.getAndUpdate(left -> Math.max(left - 1, 0)) > 0) {
                    client.close();
                    continue;
                }
                Socket server = new Socket(target.getHost(), target.getPort());
                sockets.addAll(Set.of(client, server));
                thread(() -> pump(client, server, false));
                thread(() -> pump(server, client, true));
            } catch (IOException broken) {
                // The listener was closed, or the server is unavailable: the client notices.
                continue;
            }
        }
    }

    /** Forwards bytes from one side to the other until either closes; responses as whole HTTP/2 frames. */
    private void pump(Socket from, Socket to, boolean answers) {
        try (from; to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            while (answers) {
                byte[] frame = frame(new DataInputStream(in));
                if (frame[3] == HEADERS && swallow.getAndUpdate(left -> Math.max(left - 1, 0)) > 0) {
                    return;
                }
                out.write(frame);
            }
            in.transferTo(out);
        } catch (IOException broken) {
            // Errors are expected here.
            sockets.remove(from);
        }
    }

    private static byte[] frame(DataInputStream in) throws IOException {
        byte[] header = in.readNBytes(FRAME_HEADER);
        if (header.length < FRAME_HEADER) {
            throw new IOException("the server closed the connection");
        }
        int length = (header[0] & 0xff) << 16 | (header[1] & 0xff) << 8 | header[2] & 0xff;
        byte[] frame = new byte[FRAME_HEADER + length];
        System.arraycopy(header, 0, frame, 0, FRAME_HEADER);
        in.readFully(frame, FRAME_HEADER, length);
        return frame;
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(Closeable open) {
        try {
            open.close();
        } catch (IOException cause) {
            throw new IllegalStateException(cause);
        }
    }
}
