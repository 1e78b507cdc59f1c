package ailb.lambda;

import ailb.batch.QueueMessage;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Events as Lambda gives them: the recorded ones of events/, which `sam local invoke` takes too, and others like them. */
final class Events {

    static final Path FOLDER = Path.of("events");

    private static final String PLACEHOLDER_KEY = "Bearer local";

    private static final String OF_QUEUE = "sqs-";

    private Events() {}

    /** The event as it is in its file, its time years ago and its client key a placeholder. */
    static String recorded(String name) throws IOException {
        return Files.readString(FOLDER.resolve(name + ".json"));
    }

    /** The event as the gateway would send it now to a caller with this client key. */
    static String now(String name, String clientKey) throws IOException {
        JsonMapper mapper = new JsonMapper();
        ObjectNode event = (ObjectNode) mapper.readTree(recorded(name));
        ((ObjectNode) event.path("requestContext")).put("timeEpoch", System.currentTimeMillis());
        ObjectNode headers = (ObjectNode) event.path("headers");
        if (headers.path("authorization").asText().equals(PLACEHOLDER_KEY)) {
            headers.put("authorization", "Bearer " + clientKey);
        }
        return mapper.writeValueAsString(event);
    }

    /** The names of the recorded events, without those of queues. */
    static List<String> requests() throws IOException {
        return names(name -> !name.startsWith(OF_QUEUE));
    }

    /** The names of the recorded events of queues. */
    static List<String> ofQueues() throws IOException {
        return names(name -> name.startsWith(OF_QUEUE));
    }

    private static List<String> names(Predicate<String> wanted) throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString().replace(".json", ""))
                    .filter(wanted)
                    .sorted()
                    .toList();
        }
    }

    /** The event of a request that is sent now, by a client of this key. */
    static String get(String path, String clientKey) throws IOException {
        return request("GET", path, "", clientKey);
    }

    static String post(String path, String body, String clientKey) throws IOException {
        return request("POST", path, body, clientKey);
    }

    private static String request(String method, String path, String body, String clientKey) throws IOException {
        JsonMapper mapper = new JsonMapper();
        ObjectNode event = (ObjectNode) mapper.readTree(now("chat", clientKey));
        event.put("rawPath", path).put("body", body);
        ((ObjectNode) event.at("/requestContext/http")).put("method", method).put("path", path);
        return mapper.writeValueAsString(event);
    }

    /** The event of a queue that hands these messages out. */
    static String handingOut(List<QueueMessage> messages) throws IOException {
        JsonMapper mapper = new JsonMapper();
        ObjectNode event = mapper.createObjectNode();
        ArrayNode records = event.putArray("Records");
        for (QueueMessage message : messages) {
            ObjectNode handedOut = (ObjectNode) mapper.readTree(recorded("sqs-message")).at("/Records/0");
            handedOut.put("messageId", message.id())
                    .put("receiptHandle", message.receipt())
                    .put("body", message.body());
            ((ObjectNode) handedOut.path("attributes"))
                    .put("ApproximateReceiveCount", Integer.toString(message.receives()))
                    .put("SentTimestamp", Long.toString(TimeUnit.NANOSECONDS.toMillis(message.sent())));
            records.add(handedOut);
        }
        return mapper.writeValueAsString(event);
    }
}
