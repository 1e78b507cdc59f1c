package ailb.lambda;

import ailb.batch.QueueMessage;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse.BatchItemFailure;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads events of an SQS queue, and writes the reply to them. */
final class SqsEvents {

    private static final String RECEIVES = "ApproximateReceiveCount";
    private static final String SENT = "SentTimestamp";

    private SqsEvents() {}

    /**
     * The messages of an event. Without a receive count a message counts as received once, without a time as sent now.
     *
     * @param now nanoseconds since the epoch
     */
    static List<QueueMessage> messages(SQSEvent event, long now) {
        return Objects.requireNonNullElse(event.getRecords(), List.<SQSEvent.SQSMessage>of())
                .stream()
                .map(message -> message(message, now))
                .toList();
    }

    private static QueueMessage message(SQSEvent.SQSMessage message, long now) {
        Map<String, String> attributes = Objects.requireNonNullElse(message.getAttributes(), Map.of());
        long nowMillis = TimeUnit.NANOSECONDS.toMillis(now);
        return new QueueMessage(
                Objects.requireNonNullElse(message.getMessageId(), ""),
                Objects.requireNonNullElse(message.getReceiptHandle(), ""),
                Objects.requireNonNullElse(message.getBody(), ""),
                Math.toIntExact(Math.min(number(attributes.get(RECEIVES), 1), Integer.MAX_VALUE)),
                TimeUnit.MILLISECONDS.toNanos(number(attributes.get(SENT), nowMillis)));
    }

    /** Reads a number above 0, or returns another one. */
    private static long number(@Nullable String text, long otherwise) {
        return text != null && text.matches("0*[1-9][0-9]{0,12}") ? Long.parseLong(text) : otherwise;
    }

    /** The reply that keeps the messages of these ids on the queue. SQS deletes the others of the event. */
    static SQSBatchResponse response(Collection<String> notDone) {
        return SQSBatchResponse.builder()
                .withBatchItemFailures(notDone.stream().map(BatchItemFailure::new).toList())
                .build();
    }
}
