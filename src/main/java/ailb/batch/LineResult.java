package ailb.batch;

/**
 * The outcome of a line.
 *
 * @param line from 0
 * @param json the line of the results, a JSON object without a line feed
 */
@SuppressWarnings("ArrayRecordComponent") // the bytes are handed on as they are, never compared
public record LineResult(int line, Outcome outcome, byte[] json) {

    /** The same line with an error in place of its answer. */
    public LineResult withError(String code, String message) {
        return ResultLine.withError(this, code, message);
    }
}
