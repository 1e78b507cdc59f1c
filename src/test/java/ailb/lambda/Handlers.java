package ailb.lambda;

import ailb.api.Api;
import ailb.api.ApiResponse;
import ailb.api.Sent;
import ailb.batch.BatchWorker;
import ailb.port.TimeSource;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import java.io.IOException;
import java.time.Duration;

/** The functions' handlers around parts that a test has made. */
public final class Handlers {

    private static final Duration LONGEST_ANSWER = Duration.ofMinutes(10);
    private static final SnapshotHooks NO_HOOKS = SnapshotHooks.register(() -> {}, () -> {});

    private Handlers() {}

    /** The handler behind the gateway, its events read and its answers taken whole. */
    public interface Front {

        ApiResponse answer(APIGatewayProxyRequestEvent event, Context context);
    }

    public static Front of(Api api, TimeSource time) {
        ApiHandler handler = new ApiHandler(new ApiFunction(api, time, LONGEST_ANSWER, 0, NO_HOOKS));
        return (event, context) -> {
            Sent sent = new Sent();
            try {
                handler.answer(event, sent, context);
            } catch (IOException e) {
                throw new AssertionError("this caller never hangs up", e);
            }
            return sent.whole();
        };
    }

    public static RequestHandler<SQSEvent, SQSBatchResponse> of(BatchWorker worker, TimeSource time) {
        return new BatchHandler(new BatchFunction(worker, time, NO_HOOKS));
    }

    /** An invocation that must have ended after this time. */
    public static Context within(Duration left) {
        return new RemainingTime(Math.toIntExact(left.toMillis()));
    }
}
