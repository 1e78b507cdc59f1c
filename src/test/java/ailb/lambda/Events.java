package ailb.lambda;

import ailb.batch.QueueMessage;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Events as Lambda gives them: the recorded ones of events/, which `sam local invoke` takes too, and others like them. */
final class Events {

    static final Path FOLDER = Path.of("events");

    private static final JsonMapper MAPPER = new JsonMapper();

    private static final String STAGE = "/v1";

    /** In the headers of the recorded events, in place of a client key. */
    private static final String PLACEHOLDER_KEY = "local";

    private static final String OF_QUEUE = "sqs-";

    private Events() {}

    /** The event as it is in its file, its time years ago and its client key a placeholder. */
    static String recorded(String name) throws IOException {
        return Files.readString(FOLDER.resolve(name + ".json"));
    }

    /** The event as the gateway would send it now to a caller with this client key. */
    static String now(String name, String clientKey) throws IOException {
        ObjectNode event = json(name);
        if (event.path("requestContext") instanceof ObjectNode context) {
            context.put("requestTimeEpoch", System.currentTimeMillis());
        }
        replaceKey(event, "Authorization", "Bearer ", clientKey);
        replaceKey(event, "x-api-key", "", clientKey);
        return MAPPER.writeValueAsString(event);
    }

    private static void replaceKey(ObjectNode event, String header, String scheme, String clientKey) {
        if (event.path("headers").path(header).asText().equals(scheme + PLACEHOLDER_KEY)) {
            ((ObjectNode) event.path("headers")).put(header, scheme + clientKey);
            ((ObjectNode) event.path("multiValueHeaders")).putArray(header).add(scheme + clientKey);
        }
    }

    /** The names of the recorded events that are requests. */
    static List<String> requests() throws IOException {
        return names(name -> !name.startsWith(OF_QUEUE) && json(name).has("httpMethod"));
    }

    /** The names of the recorded events that are neither requests nor of a queue, such as the daily one. */
    static List<String> others() throws IOException {
        return names(name -> !name.startsWith(OF_QUEUE) && !json(name).has("httpMethod"));
    }

    /** The names of the recorded events of queues. */
    static List<String> ofQueues() throws IOException {
        return names(name -> name.startsWith(OF_QUEUE));
    }

    private static ObjectNode json(String name) {
        try {
            return (ObjectNode) MAPPER.readTree(recorded(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> names(Predicate<String> wanted) throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString().replace(".json", ""))
                    .filter(wanted)
                    .sorted()
                    .toList();
        }
    }

    /**
     * The event of a request that is sent now, by a client of this key.
     *
     * @param path of the URL, with its stage or without
     */
    static String get(String path, String clientKey) throws IOException {
        return request("GET", path, null, clientKey);
    }

    /** As {@link #get}, with a body. */
    static String post(String path, String body, String clientKey) throws IOException {
        return request("POST", path, body, clientKey);
    }

    private static String request(String method, String path, @Nullable String body, String clientKey)
            throws IOException {
        ObjectNode event = (ObjectNode) MAPPER.readTree(now("chat", clientKey));
        String withoutStage = path.startsWith(STAGE + "/") ? path.substring(STAGE.length()) : path;
        event.put("path", withoutStage).put("httpMethod", method).put("body", body);
        ((ObjectNode) event.path("pathParameters")).put("proxy", withoutStage.substring(1));
        ((ObjectNode) event.path("requestContext")).put("path", STAGE + withoutStage).put("httpMethod", method);
        return MAPPER.writeValueAsString(event);
    }

    /** The event of a queue that hands these messages out. */
    static String handingOut(List<QueueMessage> messages) throws IOException {
        ObjectNode event = MAPPER.createObjectNode();
        ArrayNode records = event.putArray("Records");
        for (QueueMessage message : messages) {
            ObjectNode handedOut = (ObjectNode) json("sqs-message").at("/Records/0");
            handedOut.put("messageId", message.id())
                    .put("receiptHandle", message.receipt())
                    .put("body", message.body());
            ((ObjectNode) handedOut.path("attributes"))
                    .put("ApproximateReceiveCount", Integer.toString(message.receives()))
                    .put("SentTimestamp", Long.toString(TimeUnit.NANOSECONDS.toMillis(message.sent())));
            records.add(handedOut);
        }
        return MAPPER.writeValueAsString(event);
    }
}
