package ailb.protocol.json;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * Cuts a body into server-sent events (WHATWG HTML, "Server-sent events"), however its bytes come in. Lines end with a line
 * feed, a carriage return, or both; each byte is looked at once.
 */
public final class ServerSentEvents {

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final int longest;
    private final ByteArrayOutputStream unended = new ByteArrayOutputStream();
    private boolean isFirst = true;
    private boolean hasLines;
    private boolean lineIsEmpty = true;
    private boolean afterReturn;
    private boolean returnsHaveFeeds;
    private boolean awaitsFeed;

    /** @param longest event that is taken for one, bytes */
    public ServerSentEvents(int longest) {
        this.longest = longest;
    }

    /**
     * One event.
     *
     * @param raw as it came, the blank line at its end included
     * @param data its lines of data, joined by line feeds; empty where it has none, like a comment
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on as it is, never compared
    public record Event(byte[] raw, String data) {}

    /** The events that end with this piece. */
    public List<Event> feed(byte[] piece) {
        List<Event> events = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < piece.length; i++) {
            int end = endOfEvent(piece[i], i);
            if (end >= 0) {
                unended.write(piece, start, end - start);
                events.add(event());
                start = end;
            }
        }
        unended.write(piece, start, piece.length - start);
        return events;
    }

    /** Where the event ends that this byte ends, or shows to have ended before it; -1 where it does neither. */
    private int endOfEvent(byte character, int at) {
        if (character == '\n' && afterReturn) {
            afterReturn = false;
            returnsHaveFeeds = true;
            return awaitsFeed ? ended(at + 1) : -1;
        }
        if (character == '\n' || character == '\r') {
            afterReturn = character == '\r';
            boolean isBlank = lineIsEmpty && hasLines;
            lineIsEmpty = true;
            // A return of a body whose returns have feeds waits for its own; one of another body is not kept waiting.
            awaitsFeed = isBlank && afterReturn && returnsHaveFeeds;
            return isBlank && !awaitsFeed ? ended(at + 1) : -1;
        }
        afterReturn = false;
        lineIsEmpty = false;
        int end = awaitsFeed ? ended(at) : -1;
        hasLines = true;
        return end;
    }

    private int ended(int end) {
        hasLines = false;
        awaitsFeed = false;
        return end;
    }

    /** Whether an event is so long that it is none. */
    public boolean isOverlong() {
        return unended.size() > longest;
    }

    /** Whether there is more than blank lines that no event has ended. */
    public boolean isCutOff() {
        return hasLines;
    }

    private Event event() {
        byte[] raw = unended.toByteArray();
        unended.reset();
        String text = new String(raw, StandardCharsets.UTF_8);
        StringJoiner data = new StringJoiner("\n");
        (isFirst && text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text)
                .lines()
                .filter(line -> line.startsWith("data:"))
                .forEach(line -> data.add(line.substring(line.startsWith("data: ") ? 6 : 5)));
        isFirst = false;
        return new Event(raw, data.toString());
    }
}
