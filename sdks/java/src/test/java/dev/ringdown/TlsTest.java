package dev.ringdown;

import static dev.ringdown.Ringdown.flow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringdown.v1.*;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An address with https, and whom a client trusts. */
class TlsTest {
    /** Creates a self-signed certificate for the name localhost. */
    private static final File CERTIFICATE = new File("../../tests/server/localhost.cert.pem");

    private static final File KEY = new File("../../tests/server/localhost.key.pem");

    private static Server server;

    @BeforeAll
    static void start() throws IOException {
        server = Server.start("--tls-cert", CERTIFICATE.getAbsolutePath(), "--tls-key", KEY.getAbsolutePath());
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    private static ChannelCredentials trusting(InputStream certificate) throws IOException {
        try (certificate) {
            return TlsChannelCredentials.newBuilder().trustManager(certificate).build();
        }
    }

    private static ChannelCredentials trustingTheServer() throws IOException {
        return TlsChannelCredentials.newBuilder().trustManager(CERTIFICATE).build();
    }

    /** Credentials that trust another certificate than that of the server. */
    private static ChannelCredentials trustingSomeoneElse() throws IOException, GeneralSecurityException {
        var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init((KeyStore) null);
        var manager = Stream.of(trusted.getTrustManagers()).filter(X509TrustManager.class::isInstance).findFirst();
        byte[] other = ((X509TrustManager) manager.orElseThrow()).getAcceptedIssuers()[0].getEncoded();
        String text = Base64.getMimeEncoder().encodeToString(other);
        String pem = "-----BEGIN CERTIFICATE-----\n" + text + "\n-----END CERTIFICATE-----\n";
        return trusting(new ByteArrayInputStream(pem.getBytes()));
    }

    /** Returns a client of the server, by the name in its certificate. */
    private static Client.Builder named() {
        return Client.builder().address(server.address().replace("127.0.0.1", "localhost")).key("rd_nobody");
    }

    private static RingdownException refused(Client.Builder options) {
        try (Client client = options.build()) {
            var request = GetCustomerRequest.getDefaultInstance();
            return assertThrows(RingdownException.class, () -> client.customers().getCustomer(request));
        }
    }

    @Test
    void aServerWithACertificateOfOnesOwnIsSpokenToAndWatchedAcrossARestart() throws IOException {
        String localhost = server.address().replace("127.0.0.1", "localhost");
        assertTrue(localhost.startsWith("https://"), localhost);
        ChannelCredentials credentials = trustingTheServer();
        try (Client client = server.client(it -> it.address(localhost).credentials(credentials))) {
            var block = CreateActiveflowRequest.newBuilder().addAllActions(flow().block().actions()).build();
            String id = client.activeflows().createActiveflow(block).getActiveflow().getId();
            var request = WatchActiveflowsRequest.newBuilder().addIds(id).setUntilEnded(true).build();
            try (var watch = client.activeflows().watchActiveflows(request)) {
                assertEquals(id, watch.next().getActiveflow().getId());
                server.restart();
                client.activeflows().stopActiveflow(StopActiveflowRequest.newBuilder().setId(id).build());
                Iterable<WatchActiveflowsResponse> rest = watch;
                assertTrue(StreamSupport.stream(rest.spliterator(), false)
                        .anyMatch(it -> it.getEvent().getType() == ActiveflowEventType.ACTIVEFLOW_EVENT_TYPE_ENDED));
            }
        }
    }

    @Test
    void aClientThatTrustsOthersRefusesTheServerAndSaysSoAtOnce() throws IOException, GeneralSecurityException {
        for (ChannelCredentials credentials : new ChannelCredentials[] {TlsChannelCredentials.create(), trustingSomeoneElse()}) {
            Count count = new Count();
            RingdownException error = refused(named().credentials(credentials).intercept(count));
            assertEquals(Status.Code.UNAVAILABLE, error.getCode());
            assertTrue(error.getMessage().contains("certification path"), error.getMessage());
            assertEquals(1, count.tries.get());
        }
        try (Client wary = named().build()) {
            var watch = WatchCallsRequest.getDefaultInstance();
            var error = assertThrows(RingdownException.class, () -> wary.calls().watchCalls(watch));
            assertTrue(error.getMessage().contains("certification path"), error.getMessage());
        }
    }

    @Test
    void aCertificateForAnotherNameIsRefused() throws IOException {
        Count count = new Count();
        RingdownException error =
                refused(named().address(server.address()).credentials(trustingTheServer()).intercept(count));
        assertTrue(error.getMessage().contains("127.0.0.1"), error.getMessage());
        assertEquals(1, count.tries.get());
    }

    private static final class Count implements ClientInterceptor {
        final AtomicInteger tries = new AtomicInteger();

        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            tries.incrementAndGet();
            return next.newCall(method, options);
        }
    }
}
