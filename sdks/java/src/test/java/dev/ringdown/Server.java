package dev.ringdown;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A real server with a separate database. */
final class Server implements AutoCloseable {
    private static final Path BINARY = Path.of(Objects.requireNonNullElse(System.getenv("RINGDOWN_BIN"), "../../target/debug/ringdown"));

    private final Path directory;
    private final List<String> arguments;
    private Process process;
    private String address;
    private String key;
    private String operatorKey;

    private Server(String... arguments) throws IOException {
        this.directory = Files.createTempDirectory("ringdown-sdk-");
        this.arguments = List.of(arguments);
    }

    static Server start(String... arguments) throws IOException {
        Server server = new Server(arguments);
        server.launch("127.0.0.1:0");
        return server;
    }

    /** Kills the process, like a crash. */
    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /** Kills the process and restarts it with the same address and database. */
    void restart() {
        kill();
        try {
            launch(URI.create(address).getAuthority());
        } catch (IOException cause) {
            throw new IllegalStateException(cause);
        }
    }

    String address() {
        return address;
    }

    Client client() {
        return client(it -> it);
    }

    Client client(UnaryOperator<Client.Builder> options) {
        return options.apply(Client.builder().address(address).key(key)).build();
    }

    /** A client with an operator's key. */
    Client operator(UnaryOperator<Client.Builder> options) {
        return options.apply(Client.builder().address(address).key(operatorKey)).build();
    }

    /** Runs a Java program with this server in its environment, and returns its output. */
    Process java(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(Map.of("RINGDOWN_ADDRESS", address, "RINGDOWN_KEY", key));
        return builder.start();
    }

    /** Ends the process and removes its database. */
    @Override
    public void close() throws IOException {
        kill();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Starts the process and waits until it reports its address. The greeting ends with the command for grpcurl. */
    private void launch(String listen) throws IOException {
        List<String> command = new ArrayList<>(List.of(BINARY.toAbsolutePath().toString(), "serve", "--listen", listen));
        command.addAll(List.of("--database", "sqlite://" + directory.resolve("ringdown.db")));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("RINGDOWN_LOG", "error");
        process = builder.start();
        BufferedReader lines = process.inputReader();
        StringBuilder said = new StringBuilder();
        String line = lines.readLine();
        while (line != null && !line.contains("grpcurl")) {
            said.append(line).append('\n');
            line = lines.readLine();
        }
        address = found("https?://[\\d.:]+", said);
        if (address == null) {
            throw new IOException("the server did not start: " + said);
        }
        key = Objects.requireNonNullElse(found("rd_[\\w-]+", said), Objects.requireNonNullElse(key, ""));
        String operators = found("(?<=OPERATOR_KEY=)rd_[\\w-]+", said);
        operatorKey = Objects.requireNonNullElse(operators, Objects.requireNonNullElse(operatorKey, ""));
    }

    private static String found(String pattern, CharSequence text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        return matcher.find() ? matcher.group() : null;
    }

    /** Returns the output of a program that must end by itself with success. */
    static String output(Process program) throws IOException, InterruptedException {
        String output = new String(program.getInputStream().readAllBytes());
        if (!program.waitFor(60, TimeUnit.SECONDS) || program.exitValue() != 0) {
            throw new IllegalStateException("it did not end well: " + output);
        }
        return output;
    }
}
