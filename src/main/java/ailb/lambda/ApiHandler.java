package ailb.lambda;

import ailb.api.Api;
import ailb.api.ApiAnswer;
import ailb.api.ApiRequest;
import ailb.api.ApiResponse;
import ailb.api.ApiStream;
import ailb.port.Deadline;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The function behind the REST API. Under {@code ailb.runtime} an answer is sent while it is written, under Lambda's
 * own runtime it is sent whole. Keeps nothing between invocations. Safe for any number of threads.
 */
public final class ApiHandler implements RequestStreamHandler {

    /** Time that is kept in reserve at the end of an invocation, for writes under way and for sending the answer. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    /** The answer to events that are not requests, such as the scheduled one that keeps the function active. */
    private static final ApiResponse AWAKE = new ApiResponse(
            200,
            Map.of("content-type", "application/json"),
            "{\"status\":\"ok\"}".getBytes(StandardCharsets.UTF_8));

    private final ApiFunction function;

    /** What Lambda calls. The function is configured by the environment and ready for SnapStart. */
    public ApiHandler() {
        this(ApiFunction.ofEnvironment());
    }

    ApiHandler(ApiFunction function) {
        this.function = function;
    }

    @Override
    public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
        Optional<APIGatewayProxyRequestEvent> event = GatewayEvents.read(in);
        GatewayConnection caller = new GatewayConnection(out, function.padding());
        if (event.isEmpty()) {
            caller.send(AWAKE);
        } else {
            LogNames.<Object, IOException>during(context.getAwsRequestId(), () -> {
                answer(event.get(), caller, context);
                return caller;
            });
        }
    }

    /** @throws IOException when the caller is gone */
    void answer(APIGatewayProxyRequestEvent event, ApiStream.Connection caller, Context context) throws IOException {
        Api api = function.api();
        Optional<ApiRequest> request = GatewayEvents.request(event);
        send(
                request.isPresent()
                        ? api.handle(request.get(), deadline(event, context))
                        : api.malformedBody(),
                caller);
    }

    /** @throws IOException when the caller is gone */
    static void send(ApiAnswer answer, ApiStream.Connection caller) throws IOException {
        switch (answer) {
            case ApiResponse response -> caller.send(response);
            case ApiStream stream -> {
                try {
                    stream.sendTo(caller);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    /**
     * The earlier of two moments: the invocation's end, and the longest time of an answer after the gateway took the
     * request. If the second one has passed, it is ignored: the event was recorded, and is no live request.
     */
    private Deadline deadline(APIGatewayProxyRequestEvent event, Context context) {
        Duration left = Duration.ofMillis(context.getRemainingTimeInMillis());
        Instant now = Instant.ofEpochSecond(0, function.time().now());
        Duration earlier = GatewayEvents.sent(event)
                .map(sent -> Duration.between(now, sent.plus(function.longestAnswer())))
                .filter(answer -> answer.isPositive() && answer.compareTo(left) < 0)
                .orElse(left);
        return Deadline.in(earlier.minus(MARGIN), function.time());
    }
}
