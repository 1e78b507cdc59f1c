package ailb.protocol.json;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * Splits a body into server-sent events (WHATWG HTML, "Server-sent events"); pieces of the body may end anywhere. Lines
 * end with a line feed, a carriage return, or both. Each byte is read once.
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

    /** @param longest maximum size of an event, bytes */
    public ServerSentEvents(int longest) {
        this.longest = longest;
    }

    /**
     * One event.
     *
     * @param raw the original bytes, including the final blank line
     * @param data the data lines, joined by line feeds; empty where there are none, as in a comment
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on as it is, never compared
    public record Event(byte[] raw, String data) {}

    /** Adds a piece and returns the events that are now complete. */
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

    /** The end of the event, if this byte completes it or shows that it was already complete; else -1. */
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
            // If earlier carriage returns were followed by a line feed, the event ends after the line feed to come.
            // Otherwise it ends at once.
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

    /** Whether the current event is longer than the maximum. */
    public boolean isOverlong() {
        return unended.size() > longest;
    }

    /** Whether an event has begun and not ended. */
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
