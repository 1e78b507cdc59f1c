package ailb.batch;

import ailb.protocol.Parsed;
import ailb.protocol.error.ApiError;
import ailb.protocol.json.RawObject;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a message on the queue asks for. */
sealed interface BatchMessage {

    /** The prefix of a batch's id that is a single message somebody put on the queue. */
    String QUEUED = "queue-";

    Pattern OWN_ID = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    /**
     * One line of a batch.
     *
     * @param direct whether somebody put the message on the queue themselves: it is a batch of its own, which nobody
     *     submitted
     * @param object the message's JSON, with the request unread
     */
    record Line(QueueMessage message, LineKey key, String customId, boolean direct, RawObject object)
            implements
                BatchMessage {

        /** Reads the request, or what is wrong with it. */
        Parsed readRequest() {
            String url = object.text("url").orElse(BatchUrls.CHAT);
            if (!BatchUrls.ALL.contains(url)) {
                return new Parsed.Invalid(
                        ApiError.invalidRequest("The url must be one of " + BatchUrls.ALL + ".", "url"));
            }
            return object.raw("body")
                    .map(BatchUrls::parse)
                    .orElseGet(() -> new Parsed.Invalid(ApiError.invalidRequest("There is no body.", "body")));
        }
    }

    /** All lines of a batch that are not on the queue yet. */
    record Expand(QueueMessage message, String batch) implements BatchMessage {}

    /** @param problem why it is no message of a batch */
    record Unrecognised(QueueMessage message, String problem) implements BatchMessage {}

    static BatchMessage read(QueueMessage message) {
        return switch (RawObject.read(message.body().getBytes(StandardCharsets.UTF_8))) {
            case RawObject.Invalid(String problem) -> new Unrecognised(message, problem);
            case RawObject.Valid(RawObject object) -> read(message, object);
        };
    }

    private static BatchMessage read(QueueMessage message, RawObject object) {
        Optional<String> expand = object.text("expand");
        if (expand.isPresent()) {
            return new Expand(message, expand.get());
        }
        Optional<String> batch = object.text("batch");
        Optional<Integer> line = object.count("line");
        if (batch.isPresent() && line.isPresent()) {
            LineKey key = new LineKey(batch.get(), line.get());
            return new Line(message, key, object.text("custom_id").orElse(""), false, object);
        }
        Optional<String> id = object.text("id");
        if (id.isPresent() && OWN_ID.matcher(id.get()).matches()) {
            return new Line(message, new LineKey(QUEUED + id.get(), 0), id.get(), true, object);
        }
        return new Unrecognised(
                message,
                "it has no id of 1 to 64 letters, digits, '_', '-' or '.', and is no line of a batch");
    }
}
