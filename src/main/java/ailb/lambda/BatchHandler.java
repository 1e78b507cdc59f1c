package ailb.lambda;

import ailb.batch.QueueMessage;
import ailb.port.Deadline;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/** The function behind the queue of batches. Keeps nothing between invocations. Safe for any number of threads. */
public final class BatchHandler implements RequestHandler<SQSEvent, SQSBatchResponse> {

    /** Time that is kept in reserve at the end of an invocation, for writes under way and for the reply. */
    private static final Duration MARGIN = Duration.ofSeconds(2);

    private final BatchFunction function;

    /** What Lambda calls. The function is configured by the environment and ready for SnapStart. */
    public BatchHandler() {
        this(BatchFunction.ofEnvironment());
    }

    BatchHandler(BatchFunction function) {
        this.function = function;
    }

    @Override
    public SQSBatchResponse handleRequest(SQSEvent event, Context context) {
        return LogNames.during(context.getAwsRequestId(), () -> work(event, context));
    }

    private SQSBatchResponse work(SQSEvent event, Context context) {
        Duration left = Duration.ofMillis(context.getRemainingTimeInMillis());
        List<QueueMessage> messages = SqsEvents.messages(event, function.time().now());
        return SqsEvents.response(notDone(messages, Deadline.in(left.minus(MARGIN), function.time())));
    }

    private Collection<String> notDone(List<QueueMessage> messages, Deadline deadline) {
        try {
            return function.worker().process(messages, deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            System.getLogger(BatchHandler.class.getName()).log(Level.ERROR, "a bug in the balancer", e);
        }
        return messages.stream().map(QueueMessage::id).toList();
    }
}
