package ailb.lambda;

import ailb.api.AnswerSize;
import ailb.api.Api;
import ailb.api.ApiRequest;
import ailb.dispatch.Deadline;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import java.time.Duration;
import java.time.Instant;

/** The function behind the HTTP API. Keeps nothing between invocations and may be called by many threads at once. */
public final class ApiHandler implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> {

    private static final System.Logger LOG = System.getLogger(ApiHandler.class.getName());

    /** Kept back from the end of an invocation, for writes under way and for the answer to get out. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    private final Function function;

    /** What Lambda calls: everything as the environment says, ready for SnapStart. */
    public ApiHandler() {
        this(Function.ofEnvironment());
    }

    ApiHandler(Function function) {
        this.function = function;
    }

    @Override
    public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
        Api api = function.api();
        Deadline deadline = deadline(event, context);
        return GatewayEvents.request(event)
                .map(request -> answer(api, request, deadline))
                .orElseGet(() -> GatewayEvents.response(api.malformedBody()));
    }

    private static APIGatewayV2HTTPResponse answer(Api api, ApiRequest request, Deadline deadline) {
        APIGatewayV2HTTPResponse response = response(api, request, deadline);
        return AnswerSize.fits(response.getBody()) ? response : GatewayEvents.response(api.answerTooLarge(request));
    }

    private static APIGatewayV2HTTPResponse response(Api api, ApiRequest request, Deadline deadline) {
        try {
            return GatewayEvents.response(api.handle(request, deadline));
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a stream could not be collected", e);
            return GatewayEvents.response(api.internalError(request));
        }
    }

    /**
     * The earlier of the function's own end and the gateway's. A gateway's end that has passed is no live request's:
     * recorded events are old.
     */
    private Deadline deadline(APIGatewayV2HTTPEvent event, Context context) {
        Duration left = Duration.ofMillis(context.getRemainingTimeInMillis());
        Instant now = Instant.ofEpochSecond(0, function.time().now());
        Duration earlier = GatewayEvents.end(event)
                .map(end -> Duration.between(now, end))
                .filter(gateway -> gateway.isPositive() && gateway.compareTo(left) < 0)
                .orElse(left);
        return Deadline.in(earlier.minus(MARGIN), function.time());
    }
}
