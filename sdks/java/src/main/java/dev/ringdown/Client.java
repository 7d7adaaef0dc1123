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

/** A client of one server, with a client of each service. Threads may share it. */
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
                // A connection that says nothing for this long is asked whether it still lives.
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
     * A client with options of one's own.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Makes and withdraws access keys.
     *
     * @return the client of AccessKeyService
     */
    public AccessKeyClient accessKeys() {
        return new AccessKeyClient(rpc);
    }

    /**
     * Tells what actions there are.
     *
     * @return the client of ActionService
     */
    public ActionClient actions() {
        return new ActionClient(rpc);
    }

    /**
     * Starts, steers, lists and watches what runs.
     *
     * @return the client of ActiveflowService
     */
    public ActiveflowClient activeflows() {
        return new ActiveflowClient(rpc);
    }

    /**
     * Makes, steers and watches calls.
     *
     * @return the client of CallService
     */
    public CallClient calls() {
        return new CallClient(rpc);
    }

    /**
     * The customer whose key this is.
     *
     * @return the client of CustomerService
     */
    public CustomerClient customers() {
        return new CustomerClient(rpc);
    }

    /**
     * Saves, checks and tries out flows.
     *
     * @return the client of FlowService
     */
    public FlowClient flows() {
        return new FlowClient(rpc);
    }

    /**
     * Sends text messages.
     *
     * @return the client of MessageService
     */
    public MessageClient messages() {
        return new MessageClient(rpc);
    }

    /**
     * Ties numbers to flows.
     *
     * @return the client of NumberService
     */
    public NumberClient numbers() {
        return new NumberClient(rpc);
    }

    /**
     * Finds and downloads recordings.
     *
     * @return the client of RecordingService
     */
    public RecordingClient recordings() {
        return new RecordingClient(rpc);
    }

    /**
     * Plays the far end of simulated phones.
     *
     * @return the client of SimulatorService
     */
    public SimulatorClient simulator() {
        return new SimulatorClient(rpc);
    }

    /**
     * Tells what became of webhooks.
     *
     * @return the client of WebhookService
     */
    public WebhookClient webhooks() {
        return new WebhookClient(rpc);
    }

    /** Ends the connection and all that goes over it, watches too, with an exception whose code is {@code CANCELLED}. */
    @Override
    public void close() {
        connection.shutdownNow();
    }

    /** What a client is made of. */
    public static final class Builder {
        private final List<ClientInterceptor> interceptors = new ArrayList<>();
        private String address = environment("RINGDOWN_ADDRESS", "http://127.0.0.1:8080");
        private String key = environment("RINGDOWN_KEY", "");
        private ChannelCredentials credentials = TlsChannelCredentials.create();
        private Duration timeout = Duration.ofSeconds(10);
        private Duration patience = Duration.ofMinutes(5);

        private Builder() {}

        /**
         * Where the server is. Default: RINGDOWN_ADDRESS, else {@code http://127.0.0.1:8080}.
         *
         * @param address {@code http://} for plaintext, {@code https://} for TLS
         * @return this
         */
        public Builder address(String address) {
            this.address = Objects.requireNonNull(address);
            return this;
        }

        /**
         * Who is calling. Default: RINGDOWN_KEY.
         *
         * @param key an access key or a JWT
         * @return this
         */
        public Builder key(String key) {
            this.key = Objects.requireNonNull(key);
            return this;
        }

        /**
         * Whom to trust with {@code https://}. Default: whom Java trusts.
         *
         * @param credentials as of {@code TlsChannelCredentials.newBuilder()}
         * @return this
         */
        public Builder credentials(ChannelCredentials credentials) {
            this.credentials = Objects.requireNonNull(credentials);
            return this;
        }

        /**
         * How long a call may take with all its tries. Default: 10 seconds.
         *
         * @param timeout the time; zero: for ever
         * @return this
         */
        public Builder timeout(Duration timeout) {
            this.timeout = Objects.requireNonNull(timeout);
            return this;
        }

        /**
         * How long a watch goes on trying while the server is away. Default: 5 minutes.
         *
         * @param patience the time
         * @return this
         */
        public Builder patience(Duration patience) {
            this.patience = Objects.requireNonNull(patience);
            return this;
        }

        /**
         * What sees each try of each call, for logs and figures.
         *
         * @param interceptor an interceptor of gRPC
         * @return this
         */
        public Builder intercept(ClientInterceptor interceptor) {
            interceptors.add(Objects.requireNonNull(interceptor));
            return this;
        }

        /**
         * Makes the client. It connects when it is first used.
         *
         * @return a client, to be closed
         * @throws IllegalArgumentException if the address or the key cannot be one
         */
        public Client build() {
            return new Client(this);
        }
    }
}
