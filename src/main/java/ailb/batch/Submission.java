package ailb.batch;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The result of reading a submitted batch. It is accepted as a whole, or not at all. */
public sealed interface Submission {

    /** Most lines of a batch. */
    int MAX_LINES = 50_000;

    /** Longest stored line, bytes. With the batch's id it still fits into a message of the queue. */
    int MAX_LINE_BYTES = 1_000_000;

    /** Most problems in one answer. */
    int MAX_PROBLEMS = 20;

    /**
     * @param lines how many there are, 1 to {@link #MAX_LINES}
     * @param input the lines as they are stored, each ended by a line feed:
     *     {@code {"custom_id":"..","url":"..","body":{..}}} with the caller's own bytes of id and body
     */
    @SuppressWarnings("ArrayRecordComponent") // the bytes are handed on as they are, never compared
    record Accepted(int lines, byte[] input) implements Submission {}

    /**
     * @param message for a person: everything that is wrong
     * @param param the first line or field at fault; empty if it is the whole submission
     * @param problems the first {@link #MAX_PROBLEMS}, one for each line; empty if it is the whole submission
     */
    record Refused(String message, Optional<String> param, List<Problem> problems) implements Submission {

        public Refused {
            problems = List.copyOf(problems);
        }
    }

    /**
     * Reads JSON Lines, or a JSON array of the same objects. Never throws, whatever the bytes.
     *
     * @param serves whether the pool knows a model
     */
    static Submission read(byte[] body, Predicate<String> serves) {
        return new SubmissionReader(serves).read(body);
    }
}
