package ailb.lambda;

import ailb.lambda.Loopback.Reply;
import ailb.lambda.Loopback.Request;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;

/** In front of a fake service of AWS: hands everything on, and records what was called by whom. */
final class RecordingProxy implements AutoCloseable {

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI service;
    private final AwsCalls calls;
    private final String member;
    private final Map<String, String> resources;
    private final Loopback server;

    /**
     * @param member of a request's body that names the resource
     * @param resources their ids in the template
     */
    RecordingProxy(URI service, AwsCalls calls, String member, Map<String, String> resources) throws IOException {
        this.service = service;
        this.calls = calls;
        this.member = member;
        this.resources = resources;
        server = Loopback.serving(this::answer);
    }

    String url() {
        return "http://" + server.authority();
    }

    @Override
    public void close() {
        server.close();
        client.shutdownNow();
    }

    private Reply answer(Request request) throws InterruptedException {
        try {
            String target = request.header("x-amz-target").orElseThrow();
            JsonNode body = new JsonMapper().readTree(request.body());
            String named = body.path(member).asText();
            calls.add(target, request.header("authorization").orElse(""), resources.getOrDefault(named, named));
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(service)
                            .header("content-type", request.header("content-type").orElseThrow())
                            .header("x-amz-target", target)
                            .POST(HttpRequest.BodyPublishers.ofString(request.body()))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            String type = response.headers().firstValue("content-type").orElseThrow();
            return new Reply(response.statusCode(), Map.of("content-type", type), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
