package ailb.aws;

import ailb.batch.BatchQueue;
import ailb.batch.BatchQueueException;
import ailb.batch.QueueMessage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

/**
 * The queue of batches in SQS, a standard queue, and a second queue for dead letters. Bodies are JSON. If a reply is
 * lost, a message may be on the queue twice.
 */
public final class SqsBatchQueue implements BatchQueue {

    /** Name of the attribute that tells why a message is a dead letter. */
    static final String REASON = "reason";

    private static final String STRING = "String";

    /** How often a message is sent if SQS does not take it but takes others of the same request. */
    private static final int TRIES = 4;

    /**
     * SQS hides a message for at most 12 hours from when it was handed out, and rejects a longer time. Half an hour is
     * subtracted for the time that has passed since then.
     */
    private static final Duration LONGEST_HIDING = Duration.ofHours(12).minusMinutes(30);

    private final Supplier<SqsClient> client;
    private final String url;
    private final String deadLettersUrl;

    /** @param client such as {@link AwsClients#sqs} */
    public SqsBatchQueue(SqsClient client, String url, String deadLettersUrl) {
        this(() -> client, url, deadLettersUrl);
    }

    /** @param client the same, asked for with each request */
    public SqsBatchQueue(Supplier<SqsClient> client, String url, String deadLettersUrl) {
        this.client = client;
        this.url = url;
        this.deadLettersUrl = deadLettersUrl;
    }

    @Override
    public void send(List<String> bodies, Duration delay) {
        int seconds = seconds(delay, LONGEST_DELAY);
        for (List<String> group : SendBatches.of(bodies.stream().map(SqsText::body).toList())) {
            send(IntStream.range(0, group.size()).mapToObj(i -> entry(i, group.get(i), seconds)).toList());
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>A message is hidden for at most 11.5 hours. If more is asked for, it comes back sooner.
     */
    @Override
    public void hide(QueueMessage message, Duration time) {
        int seconds = seconds(time, LONGEST_HIDING);
        ask(
                "hide a message",
                () -> client.get()
                        .changeMessageVisibility(request -> request.queueUrl(url)
                                .receiptHandle(message.receipt())
                                .visibilityTimeout(seconds)));
    }

    @Override
    public void deadLetter(QueueMessage message, String reason) {
        String body = SqsText.body(message.body());
        Map<String, MessageAttributeValue> attributes = reason(SqsText.attribute(reason), body);
        ask(
                "take a dead letter",
                () -> client.get()
                        .sendMessage(request -> request.queueUrl(deadLettersUrl)
                                .messageBody(body)
                                .messageAttributes(attributes)));
    }

    /** The attribute with the reason. Left out if it does not fit: attributes count as part of a message. */
    private static Map<String, MessageAttributeValue> reason(String text, String body) {
        int bytes = SqsText.bytes(REASON) + SqsText.bytes(STRING) + SqsText.bytes(text);
        return text.isEmpty() || bytes > MAX_BYTES - SqsText.bytes(body)
                ? Map.of()
                : Map.of(REASON, MessageAttributeValue.builder().dataType(STRING).stringValue(text).build());
    }

    private void send(List<SendMessageBatchRequestEntry> entries) {
        List<SendMessageBatchRequestEntry> unsent = entries;
        List<BatchResultErrorEntry> failures = List.of();
        for (int attempt = 0; attempt < TRIES && !unsent.isEmpty(); attempt++) {
            List<SendMessageBatchRequestEntry> now = unsent;
            failures = ask(
                    "take messages",
                    () -> client.get().sendMessageBatch(request -> request.queueUrl(url).entries(now))).failed();
            if (failures.stream().anyMatch(SqsBatchQueue::isForGood)) {
                break;
            }
            List<String> ids = failures.stream().map(BatchResultErrorEntry::id).toList();
            unsent = now.stream().filter(entry -> ids.contains(entry.id())).toList();
        }
        if (!failures.isEmpty()) {
            String code = failures.getFirst().code();
            throw new BatchQueueException(
                    "The queue did not take " + failures.size() + " of " + entries.size() + " messages: " + code,
                    new IllegalStateException(code));
        }
    }

    /** Whether SQS would reject the message again. */
    private static boolean isForGood(BatchResultErrorEntry failure) {
        return Boolean.TRUE.equals(failure.senderFault()) && !failure.code().contains("Throttl");
    }

    private static SendMessageBatchRequestEntry entry(int number, String body, int delaySeconds) {
        return SendMessageBatchRequestEntry.builder()
                .id(Integer.toString(number))
                .messageBody(body)
                .delaySeconds(delaySeconds)
                .build();
    }

    private static int seconds(Duration time, Duration longest) {
        Duration bounded = time.compareTo(longest) > 0 ? longest : time;
        return bounded.isNegative() ? 0 : Math.toIntExact(bounded.plusNanos(999_999_999).toSeconds());
    }

    private static <T> T ask(String what, Request<T> request) {
        try {
            return request.send();
        } catch (SdkException e) {
            throw new BatchQueueException("The queue did not " + what + ": " + SdkErrors.describe(e), e);
        }
    }

    private interface Request<T> {

        T send();
    }
}
