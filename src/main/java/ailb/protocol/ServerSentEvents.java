package ailb.protocol;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Cuts a body into server-sent events (WHATWG HTML, "Server-sent events"), however its bytes come in. */
final class ServerSentEvents {

    /** Far more than any event of a provider. */
    private static final int LONGEST = 4 << 20;

    private final ByteArrayOutputStream unended = new ByteArrayOutputStream();
    private boolean lineIsEmpty = true;

    /**
     * One event.
     *
     * @param raw as it came, the blank line at its end included
     * @param data its lines of data, joined by line feeds; empty where it has none, like a comment
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on as it is, never compared
    record Event(byte[] raw, String data) {}

    /** The events that end with this piece. */
    List<Event> feed(byte[] piece) {
        List<Event> events = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < piece.length; i++) {
            byte character = piece[i];
            if (character == '\n' && lineIsEmpty && unended.size() + i - start > 0) {
                unended.write(piece, start, i + 1 - start);
                events.add(event(unended.toByteArray()));
                unended.reset();
                start = i + 1;
            } else if (character == '\n') {
                lineIsEmpty = true;
            } else if (character != '\r') {
                lineIsEmpty = false;
            }
        }
        unended.write(piece, start, piece.length - start);
        return events;
    }

    /** Whether an event is so long that it is none. */
    boolean isOverlong() {
        return unended.size() > LONGEST;
    }

    /** Whether there is more than blank lines that no event has ended. */
    boolean isCutOff() {
        return !new String(unended.toByteArray(), StandardCharsets.UTF_8).isBlank();
    }

    private static Event event(byte[] raw) {
        String data = Arrays.stream(new String(raw, StandardCharsets.UTF_8).split("\r?\n", -1))
                .filter(line -> line.startsWith("data:"))
                .map(line -> line.startsWith("data: ") ? line.substring(6) : line.substring(5))
                .collect(Collectors.joining("\n"));
        return new Event(raw, data);
    }
}
