package ailb.batch;

import ailb.protocol.json.JsonText;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Lines of results in the output format of OpenAI's batches. Bodies of providers are in them byte for byte. */
final class ResultLine {

    private static final String RESPONSE = "\"response\":";

    private ResultLine() {}

    /**
     * A line that was answered by an endpoint or, if none could take it, by the balancer.
     *
     * @param status of the answer, 200 or a 4xx
     * @param body a JSON value
     */
    static LineResult answered(LineKey line, String customId, int status, byte[] body) {
        ByteArrayOutputStream json = new ByteArrayOutputStream(body.length + 256);
        write(json, start(line, customId) + RESPONSE + "{\"status_code\":" + status + ",\"request_id\":"
                + JsonText.quoted(requestId(line)) + ",\"body\":");
        for (byte character : body) {
            // JSON has line feeds only outside of strings, where a blank means the same.
            json.write(character == '\n' || character == '\r' ? ' ' : character);
        }
        write(json, "},\"error\":null}");
        Outcome outcome = status < 300 ? Outcome.COMPLETED : Outcome.FAILED;
        return new LineResult(line.line(), outcome, json.toByteArray());
    }

    /** A line that was given up. */
    static LineResult failed(LineKey line, String customId, String code, String message) {
        return error(line, customId, Outcome.FAILED, code, message);
    }

    static LineResult cancelled(LineKey line, String customId) {
        return error(
                line, customId, Outcome.CANCELLED, "batch_cancelled",
                "The batch was cancelled before this request was begun.");
    }

    private static LineResult error(LineKey line, String customId, Outcome outcome, String code, String message) {
        return error(line.line(), outcome, start(line, customId), code, message);
    }

    /** A line that {@link #answered} wrote, with an error in place of the answer. */
    static LineResult withError(LineResult result, String code, String message) {
        String json = new String(result.json(), StandardCharsets.UTF_8);
        String start = json.substring(0, json.indexOf(RESPONSE)); // within a name its quotes would be escaped
        return error(result.line(), result.outcome(), start, code, message);
    }

    private static LineResult error(int line, Outcome outcome, String start, String code, String message) {
        String json = start + RESPONSE + "null,\"error\":{\"code\":" + JsonText.quoted(code) + ",\"message\":"
                + JsonText.quoted(message) + "}}";
        return new LineResult(line, outcome, json.getBytes(StandardCharsets.UTF_8));
    }

    private static String start(LineKey line, String customId) {
        return "{\"id\":" + JsonText.quoted(requestId(line)) + ",\"custom_id\":" + JsonText.quoted(customId) + ",";
    }

    private static String requestId(LineKey line) {
        return "batch_req_" + line.batch() + "_" + line.line();
    }

    private static void write(ByteArrayOutputStream json, String text) {
        json.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
