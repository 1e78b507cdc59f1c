package ailb.lambda;

import ailb.api.Api;
import ailb.batch.BatchWorker;
import ailb.dispatch.TimeSource;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import java.time.Duration;

/** The functions' handlers around parts that a test has made. */
public final class Handlers {

    private static final SnapshotHooks NO_HOOKS = SnapshotHooks.register(() -> {}, () -> {});

    private Handlers() {}

    public static RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> of(Api api, TimeSource time) {
        return new ApiHandler(new Function(api, time, NO_HOOKS));
    }

    public static RequestHandler<SQSEvent, SQSBatchResponse> of(BatchWorker worker, TimeSource time) {
        return new BatchHandler(new BatchFunction(worker, time, NO_HOOKS));
    }

    /** An invocation that must have ended after this time. */
    public static Context within(Duration left) {
        return new RemainingTime(Math.toIntExact(left.toMillis()));
    }
}
