package ailb.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A caller who reads an answer event by event, while it comes. */
public final class StreamReader {

    private static final long PATIENCE_SECONDS = 60;

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final CompletableFuture<HttpResponse<InputStream>> response;
    private @Nullable BufferedReader lines;

    private StreamReader(CompletableFuture<HttpResponse<InputStream>> response) {
        this.response = response;
    }

    /** Sends a request, and does not wait. */
    public static StreamReader post(URI address, Map<String, String> headers, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address).POST(BodyPublishers.ofString(body));
        return send(request.header("content-type", "application/json"), headers);
    }

    static StreamReader get(URI address, Map<String, String> headers) {
        return send(HttpRequest.newBuilder(address), headers);
    }

    private static StreamReader send(HttpRequest.Builder request, Map<String, String> headers) {
        headers.forEach(request::header);
        return new StreamReader(CLIENT.sendAsync(request.build(), BodyHandlers.ofInputStream()));
    }

    private HttpResponse<InputStream> head() throws Exception {
        return response.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    public int status() throws Exception {
        return head().statusCode();
    }

    Optional<String> header(String name) throws Exception {
        return head().headers().firstValue(name);
    }

    /** Waits for the next event, with the empty line that ends it; the empty text at the end. */
    public String event() throws Exception {
        StringBuilder event = new StringBuilder();
        for (String line = lines().readLine(); line != null; line = lines().readLine()) {
            event.append(line).append('\n');
            if (line.isEmpty()) {
                break;
            }
        }
        return event.toString();
    }

    /** Waits for an event with these words. */
    public String eventWith(String words) throws Exception {
        for (String event = event(); !event.isEmpty(); event = event()) {
            if (event.contains(words)) {
                return event;
            }
        }
        throw new AssertionError("no event with " + words);
    }

    /** Waits for the end: what is left. */
    public String rest() throws Exception {
        StringBuilder rest = new StringBuilder();
        for (int c = lines().read(); c >= 0; c = lines().read()) {
            rest.append((char) c);
        }
        return rest.toString();
    }

    /** Closes the connection in the middle of an answer. */
    void hangUp() throws Exception {
        head().body().close();
    }

    private BufferedReader lines() throws Exception {
        BufferedReader known = lines;
        if (known == null) {
            known = new BufferedReader(new InputStreamReader(head().body(), UTF_8));
            lines = known;
        }
        return known;
    }
}
