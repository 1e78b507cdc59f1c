package ailb.protocol.json;

import static ailb.protocol.WireFiles.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.protocol.WireFiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples and rules of WHATWG HTML, "Server-sent events". */
class ServerSentEventsTest {

    private static final int LONGEST = 16 << 20;

    /** Its example of two events, the first of three lines, after a comment. */
    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void linesEndInThreeWays(String end) {
        String text =
                ": test\n\ndata: YHOO\ndata: +2\ndata: 10\n\nevent: add\ndata:first\nid: 1\n\n".replace("\n", end);
        for (int size = 1; size <= text.length(); size++) {
            assertThat(data(events(text, size))).as("pieces of %d", size).containsExactly("", "YHOO\n+2\n10", "first");
            assertThat(raw(events(text, size))).as("pieces of %d", size).isEqualTo(text);
        }
    }

    /** One space after the colon is not of the data; a field may have no colon; names are whole. */
    @ParameterizedTest
    @CsvSource({"'data:  x', ' x'", "'data:x', x", "'data', ''", "'datum: x', ''", "' data: x', ''"})
    void fieldsAreReadAsTheyShouldBe(String line, String data) {
        assertThat(data(events(line + "\n\n", 100))).containsExactly(data);
    }

    @Test
    void aMarkBeforeTheFirstEventIsNoneOfIt() {
        assertThat(data(events("\uFEFFdata: 1\n\n\uFEFFdata: 2\n\n", 1))).containsExactly("1", "");
    }

    @Test
    void anEventIsThereWithTheByteThatEndsIt() {
        for (String end : List.of("\n\n", "\r\n\r\n", "\r\r")) {
            ServerSentEvents events = new ServerSentEvents(LONGEST);
            events.feed(utf8("data: 1" + end));
            assertThat(events.feed(utf8("data: 2" + end.substring(0, end.length() - 1)))).isEmpty();
            assertThat(events.isCutOff()).isTrue();
            assertThat(events.feed(utf8(end.substring(end.length() - 1)))).hasSize(1);
            assertThat(events.isCutOff()).isFalse();
        }
    }

    @Test
    void anEventMayBeAsLongAsItIsSaid() {
        ServerSentEvents events = new ServerSentEvents(1000);

        events.feed(utf8("data: " + "x".repeat(994)));
        assertThat(events.isOverlong()).isFalse();

        events.feed(utf8("x"));
        assertThat(events.isOverlong()).isTrue();
    }

    /** They end no event, and would be kept for ever. */
    @Test
    void blankLinesBeforeAnEventAreCountedToo() {
        ServerSentEvents events = new ServerSentEvents(1000);

        assertThat(events.feed(utf8("\n".repeat(1001)))).isEmpty();

        assertThat(events.isOverlong()).isTrue();
    }

    /** Each byte is looked at once: otherwise this would take hours. */
    @Test
    @Timeout(60)
    void aMegabyteMayComeByteByByte() {
        String text = "data: " + "x".repeat(1 << 20) + "\n\n";

        assertThat(data(events(text, 1)).getFirst()).hasSize(1 << 20);
    }

    private static List<ServerSentEvents.Event> events(String text, int size) {
        ServerSentEvents reader = new ServerSentEvents(LONGEST);
        List<ServerSentEvents.Event> events = new ArrayList<>();
        byte[] bytes = utf8(text);
        for (int from = 0; from < bytes.length; from += size) {
            events.addAll(reader.feed(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + size))));
        }
        return events;
    }

    private static List<String> data(List<ServerSentEvents.Event> events) {
        return events.stream().map(ServerSentEvents.Event::data).toList();
    }

    private static String raw(List<ServerSentEvents.Event> events) {
        return events.stream().map(event -> WireFiles.text(event.raw())).collect(Collectors.joining());
    }
}
