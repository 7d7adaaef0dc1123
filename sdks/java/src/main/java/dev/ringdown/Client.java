package dev.ringdown;

import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** A client of a server, with a client for each service. It is thread-safe. */
public final class Client implements AutoCloseable {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final ManagedChannel connection;
    private final Rpc rpc;

    private Client(Builder builder) {
        URI address = checkedAddress(builder.address);
        boolean tls = "https".equals(address.getScheme());
        if (!builder.key.chars().allMatch(it -> it > ' ' && it <= '~')) {
            throw new IllegalArgumentException("key: expected visible ASCII characters");
        }
        ChannelCredentials credentials = tls ? builder.credentials : InsecureChannelCredentials.create();
        int port = address.getPort() >= 0 ? address.getPort() : tls ? 443 : 80;
        connection = Grpc.newChannelBuilderForAddress(address.getHost(), port, credentials)
                // A connection that is idle for this long is checked with a ping.
                .keepAliveTime(20, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .build();
        List<ClientInterceptor> interceptors = new ArrayList<>(builder.interceptors);
        if (!builder.key.isEmpty()) {
            Metadata headers = new Metadata();
            headers.put(AUTHORIZATION, "Bearer " + builder.key);
            interceptors.add(MetadataUtils.newAttachHeadersInterceptor(headers));
        }
        rpc = new Rpc(connection, ClientInterceptors.intercept(connection, interceptors), builder.timeout, builder.patience);
    }

    private static URI checkedAddress(String text) {
        String expected = "address: expected http://host:port or https://host:port, not \"" + text + "\"";
        URI address;
        try {
            address = new URI(text);
        } catch (URISyntaxException wrong) {
            throw new IllegalArgumentException(expected, wrong);
        }
        boolean whole = "/".equals(address.getPath()) || "".equals(address.getPath());
        if (address.getHost() == null || !whole || !List.of("http", "https").contains(address.getScheme())) {
            throw new IllegalArgumentException(expected);
        }
        return address;
    }

    private static String environment(String name, String otherwise) {
        String value = System.getenv(name);
        return value == null || value.isEmpty() ? otherwise : value;
    }

    /**
     * Returns a builder, for a client with custom options.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Manages access keys.
     *
     * @return the client of AccessKeyService
     */
    public AccessKeyClient accessKeys() {
        return new AccessKeyClient(rpc);
    }

    /**
     * Describes the types of actions.
     *
     * @return the client of ActionService
     */
    public ActionClient actions() {
        return new ActionClient(rpc);
    }

    /**
     * Starts, controls and watches activeflows.
     *
     * @return the client of ActiveflowService
     */
    public ActiveflowClient activeflows() {
        return new ActiveflowClient(rpc);
    }

    /**
     * Makes, controls and watches calls.
     *
     * @return the client of CallService
     */
    public CallClient calls() {
        return new CallClient(rpc);
    }

    /**
     * Manages the customer that the key belongs to.
     *
     * @return the client of CustomerService
     */
    public CustomerClient customers() {
        return new CustomerClient(rpc);
    }

    /**
     * Saves, checks and simulates flows.
     *
     * @return the client of FlowService
     */
    public FlowClient flows() {
        return new FlowClient(rpc);
    }

    /**
     * Sends and receives text messages.
     *
     * @return the client of MessageService
     */
    public MessageClient messages() {
        return new MessageClient(rpc);
    }

    /**
     * Assigns flows to telephone numbers.
     *
     * @return the client of NumberService
     */
    public NumberClient numbers() {
        return new NumberClient(rpc);
    }

    /**
     * Manages the providers that take calls. Needs an operator's key.
     *
     * @return the client of ProviderService
     */
    public ProviderClient providers() {
        return new ProviderClient(rpc);
    }

    /**
     * Manages which calls go to which provider. Needs an operator's key.
     *
     * @return the client of RouteService
     */
    public RouteClient routes() {
        return new RouteClient(rpc);
    }

    /**
     * Lists, downloads and deletes recordings.
     *
     * @return the client of RecordingService
     */
    public RecordingClient recordings() {
        return new RecordingClient(rpc);
    }

    /**
     * Controls the remote parties of simulated phones.
     *
     * @return the client of SimulatorService
     */
    public SimulatorClient simulator() {
        return new SimulatorClient(rpc);
    }

    /**
     * Lists deliveries of webhooks and sends them again.
     *
     * @return the client of WebhookService
     */
    public WebhookClient webhooks() {
        return new WebhookClient(rpc);
    }

    /** Closes the connection. RPCs and watches in progress fail with an exception whose code is {@code CANCELLED}. */
    @Override
    public void close() {
        connection.shutdownNow();
    }

    /** A builder of clients. */
    public static final class Builder {
        private final List<ClientInterceptor> interceptors = new ArrayList<>();
        private String address = environment("RINGDOWN_ADDRESS", "http://127.0.0.1:8080");
        private String key = environment("RINGDOWN_KEY", "");
        private ChannelCredentials credentials = TlsChannelCredentials.create();
        private Duration timeout = Duration.ofSeconds(10);
        private Duration patience = Duration.ofMinutes(5);

        private Builder() {}

        /**
         * Sets the address of the server. Default: RINGDOWN_ADDRESS, or else {@code http://127.0.0.1:8080}.
         *
         * @param address {@code http://} for plaintext, {@code https://} for TLS
         * @return this
         */
        public Builder address(String address) {
            this.address = Objects.requireNonNull(address);
            return this;
        }

        /**
         * Sets the credential. Default: RINGDOWN_KEY.
         *
         * @param key an access key or a JWT
         * @return this
         */
        public Builder key(String key) {
            this.key = Objects.requireNonNull(key);
            return this;
        }

        /**
         * Sets the trusted certificates for {@code https://}. Default: those of Java.
         *
         * @param credentials credentials, such as those from {@code TlsChannelCredentials.newBuilder()}
         * @return this
         */
        public Builder credentials(ChannelCredentials credentials) {
            this.credentials = Objects.requireNonNull(credentials);
            return this;
        }

        /**
         * Sets the deadline of an RPC including its retries. Default: 10 seconds.
         *
         * @param timeout the time; zero means no deadline
         * @return this
         */
        public Builder timeout(Duration timeout) {
            this.timeout = Objects.requireNonNull(timeout);
            return this;
        }

        /**
         * Sets how long a watch tries to reconnect while the server is unavailable. Default: 5 minutes.
         *
         * @param patience the time
         * @return this
         */
        public Builder patience(Duration patience) {
            this.patience = Objects.requireNonNull(patience);
            return this;
        }

        /**
         * Adds an interceptor of each attempt of each RPC, for logs and metrics.
         *
         * @param interceptor a gRPC interceptor
         * @return this
         */
        public Builder intercept(ClientInterceptor interceptor) {
            interceptors.add(Objects.requireNonNull(interceptor));
            return this;
        }

        /**
         * Creates the client. It connects when it is first used.
         *
         * @return a client, which must be closed
         * @throws IllegalArgumentException if the address or the key is invalid
         */
        public Client build() {
            return new Client(this);
        }
    }
}
