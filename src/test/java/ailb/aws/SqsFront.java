package ailb.aws;

import ailb.api.ApiRequest;
import ailb.api.ApiResponse;
import ailb.http.HttpServer;
import ailb.pool.Provider;
import ailb.protocol.error.ApiError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Stands before an SQS that answers whoever calls it, web pages too: it refuses whom {@link HttpServer} refuses, and hands
 * on what others ask.
 */
final class SqsFront {

    /** Bytes. Ten messages of SQS as a form, in which a byte may take three. */
    private static final int LONGEST_BODY = 4 << 20;

    private static final List<String> HANDED_ON = List.of("content-type", "x-amz-target", "x-amzn-query-mode");

    private final CompletableFuture<URI> sqs = new CompletableFuture<>();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String path;
    private final HttpServer server;

    private SqsFront(String path) throws IOException {
        this.path = path;
        server = HttpServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), LONGEST_BODY, this::handOn,
                _ -> error(ApiError.tooLarge(LONGEST_BODY)),
                _ -> error(ApiError.internal("The queue does not answer.")));
    }

    /**
     * Starts it at a free port.
     *
     * @param path of the SQS, {@code /...}; what is asked without it is asked there
     */
    static SqsFront start(String path) {
        try {
            return new SqsFront(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return server.address().getPort();
    }

    /** @param address of the SQS, without the path; requests wait until it is known */
    void leadTo(URI address) {
        sqs.complete(address);
    }

    private ApiResponse handOn(ApiRequest request) {
        String asked = request.path().startsWith(path + "/") ? request.path() : path + request.path();
        String query = request.query().isEmpty() ? "" : "?" + request.query();
        HttpRequest.Builder handedOn = HttpRequest.newBuilder(sqs.join().resolve(asked + query))
                .method(request.method(), BodyPublishers.ofByteArray(request.body()));
        HANDED_ON.forEach(name -> request.headers().get(name).ifPresent(value -> handedOn.header(name, value)));
        try {
            return answer(client.send(handedOn.build(), BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return error(ApiError.unavailable("The queue is shutting down.", "shutting_down"));
        }
    }

    private static ApiResponse answer(HttpResponse<byte[]> answer) {
        Map<String, String> headers = new HashMap<>();
        answer.headers().map().forEach((name, values) -> {
            if (name.equals("content-type") || name.startsWith("x-amz")) {
                headers.put(name, values.getFirst());
            }
        });
        return new ApiResponse(answer.statusCode(), headers, answer.body());
    }

    private static ApiResponse error(ApiError error) {
        return new ApiResponse(
                error.status(), Map.of("content-type", "application/json"), error.toJson(Provider.OPENAI));
    }
}
