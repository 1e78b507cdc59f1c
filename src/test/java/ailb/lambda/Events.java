package ailb.lambda;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The recorded requests in events/, which `sam local invoke` takes too. */
final class Events {

    static final Path FOLDER = Path.of("events");

    private static final String PLACEHOLDER_KEY = "Bearer local";

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
}
