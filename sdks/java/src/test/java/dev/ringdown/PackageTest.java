package dev.ringdown;

import static dev.ringdown.Ringdown.flow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringdown.v1.CreateActiveflowRequest;
import dev.ringdown.v1.StopActiveflowRequest;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar as users get it, with the README and the examples. */
class PackageTest {
    private static Server server;

    @BeforeAll
    static void start() throws IOException {
        // Phones at real speed, so that a call lasts longer than it takes to start a watch.
        server = Server.start();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    /** The jar and its dependencies. */
    private static String classPath() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            Path jar = files.filter(it -> it.toString().matches(".*ringdown-sdk-[0-9.]+\\.jar")).findFirst().orElseThrow();
            return jar + File.pathSeparator + Path.of("target/libraries/*");
        }
    }

    private static String example(String name) throws IOException, InterruptedException {
        return Server.output(server.java("-cp", classPath(), "examples/" + name + ".java"));
    }

    @Test
    void theProgramsOfTheReadmeRun(@TempDir Path directory) throws IOException, InterruptedException {
        Matcher blocks = Pattern.compile("(?s)```java\n(.*?)```").matcher(Files.readString(Path.of("README.md")));
        List<String> programs = blocks.results().map(it -> it.group(1)).toList();
        assertTrue(programs.get(0).lines().count() <= 10);
        List<String> said = new ArrayList<>();
        for (String program : programs) {
            Path file = Files.writeString(directory.resolve("Program.java"), program);
            said.add(Server.output(server.java("-cp", classPath(), file.toString())));
        }
        assertEquals(3, said.size());
        List<String> told = said.get(0).lines().toList();
        assertTrue(told.contains("ACTIVEFLOW_EVENT_TYPE_DIGITS_RECEIVED"), said.get(0));
        assertEquals("ACTIVEFLOW_EVENT_TYPE_ENDED", told.get(told.size() - 1), said.get(0));
        assertTrue(said.get(1).startsWith("INVALID_ARGUMENT INVALID_ACTION_OPTION "), said.get(1));
        assertTrue(said.get(1).contains("actions[0].option.text"), said.get(1));
        assertEquals("[]\n", said.get(2));
    }

    @Test
    void aCallIsMadeAndWatched() throws IOException, InterruptedException {
        String output = example("MakeCall");
        assertTrue(output.contains("ACTION_STARTED TALK") && output.contains("DIGITS_RECEIVED"), output);
        assertTrue(output.lines().reduce((one, other) -> other).orElseThrow().contains("ENDED"), output);
    }

    @Test
    void aCallerGoesThroughTheMenuTwice() throws IOException, InterruptedException {
        for (int round = 0; round < 2; round++) {
            assertEquals("the call ended: END_REASON_FINISHED\ncall back: yes\n", example("Ivr"));
        }
    }

    @Test
    void theWallboardShowsWhatRunsUntilItIsInterrupted() throws IOException, InterruptedException {
        try (Client client = server.client()) {
            String early = run(client);
            Process board = server.java("-cp", classPath(), "examples/Wallboard.java");
            BufferedReader lines = board.inputReader();
            seen(lines, early);
            String late = run(client);
            seen(lines, late);
            for (String id : List.of(early, late)) {
                client.activeflows().stopActiveflow(StopActiveflowRequest.newBuilder().setId(id).build());
            }
            seen(lines, "0 running");
            board.destroy();
            // 143: it was terminated by SIGTERM.
            assertEquals(143, board.waitFor());
        }
    }

    private static String run(Client client) {
        var request = CreateActiveflowRequest.newBuilder().addAllActions(flow().block().actions()).build();
        return client.activeflows().createActiveflow(request).getActiveflow().getId();
    }

    private static void seen(BufferedReader lines, String text) throws IOException {
        String line;
        do {
            line = lines.readLine();
            assertNotNull(line, () -> "the board ended without " + text);
        } while (!line.contains(text));
    }
}
