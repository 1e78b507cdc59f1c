package ailb.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/** Calls a laptop server over HTTP. */
final class Caller implements AutoCloseable {

    static final String PROMPT = "a-prompt-to-keep-quiet-about";
    static final String CHAT = "{\"model\":\"chat\",\"messages\":[{\"role\":\"user\",\"content\":\"" + PROMPT + "\"}]}";

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI server;
    private final String key;

    /** With the default client key. */
    Caller(URI server) {
        this(server, "local");
    }

    Caller(URI server, String key) {
        this.server = server;
        this.key = key;
    }

    HttpResponse<String> chat() throws IOException, InterruptedException {
        return send("POST", "/v1/chat/completions", CHAT);
    }

    JsonNode post(String path, String body) throws IOException, InterruptedException {
        return new JsonMapper().readTree(send("POST", path, body).body());
    }

    /** Each line of an answer of JSON Lines. */
    List<JsonNode> lines(String path) throws IOException, InterruptedException {
        return new JsonMapper().readerFor(JsonNode.class)
                .<JsonNode>readValues(send("GET", path, "").body())
                .readAll();
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return new JsonMapper().readTree(send("GET", path, "").body());
    }

    HttpResponse<String> put(String path, String body) throws IOException, InterruptedException {
        return send("PUT", path, body);
    }

    HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(server.resolve(path))
                .timeout(PATIENCE)
                .header("authorization", "Bearer " + key)
                .method(method, BodyPublishers.ofString(body, UTF_8))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
