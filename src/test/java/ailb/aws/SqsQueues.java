package ailb.aws;

import ailb.batch.BatchQueue;
import ailb.batch.InMemoryBatchQueue.DeadLetter;
import ailb.batch.QueueMessage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** A queue of batches and its dead letters, under names of their own, from the side of who receives. */
public final class SqsQueues implements AutoCloseable {

    /** As in template.yaml. */
    private static final Duration RETENTION = Duration.ofDays(14);

    private static final int MESSAGES_AT_ONCE = 10;

    private final SqsClient client;
    private final String url;
    private final String deadLettersUrl;

    private SqsQueues(SqsClient client, String url, String deadLettersUrl) {
        this.client = client;
        this.url = url;
        this.deadLettersUrl = deadLettersUrl;
    }

    /** Makes the two. */
    public static SqsQueues create(SqsClient client) {
        String name = "batches-" + UUID.randomUUID();
        return new SqsQueues(client, create(client, name), create(client, name + "-dead-letters"));
    }

    private static String create(SqsClient client, String name) {
        Map<QueueAttributeName, String> attributes = Map.of(
                QueueAttributeName.MESSAGE_RETENTION_PERIOD, Long.toString(RETENTION.toSeconds()),
                QueueAttributeName.MAXIMUM_MESSAGE_SIZE, Integer.toString(BatchQueue.MAX_BYTES));
        return client.createQueue(request -> request.queueName(name).attributes(attributes)).queueUrl();
    }

    public BatchQueue queue() {
        return new SqsBatchQueue(client, url, deadLettersUrl);
    }

    public String url() {
        return url;
    }

    public String deadLettersUrl() {
        return deadLettersUrl;
    }

    /**
     * Hands messages out.
     *
     * @param max up to 10
     * @param visibility hidden for so many whole seconds
     * @param patience waits so many whole seconds for the first one, up to 4
     */
    public List<QueueMessage> receive(int max, Duration visibility, Duration patience) {
        return client.receiveMessage(request -> request.queueUrl(url)
                .maxNumberOfMessages(max)
                .visibilityTimeout((int) visibility.toSeconds())
                .waitTimeSeconds((int) patience.toSeconds())
                .messageSystemAttributeNames(
                        MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT,
                        MessageSystemAttributeName.SENT_TIMESTAMP))
                .messages()
                .stream()
                .map(SqsQueues::handedOut)
                .toList();
    }

    private static QueueMessage handedOut(Message message) {
        Map<MessageSystemAttributeName, String> attributes = message.attributes();
        return new QueueMessage(
                message.messageId(),
                message.receiptHandle(),
                message.body(),
                Integer.parseInt(attributes.get(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT)),
                TimeUnit.MILLISECONDS.toNanos(
                        Long.parseLong(attributes.get(MessageSystemAttributeName.SENT_TIMESTAMP))));
    }

    public void delete(QueueMessage message) {
        client.deleteMessage(request -> request.queueUrl(url).receiptHandle(message.receipt()));
    }

    /** Messages that have not been deleted, hidden, sent ahead or neither: about so many. */
    public int size() {
        Map<QueueAttributeName, String> attributes = client
                .getQueueAttributes(request -> request.queueUrl(url)
                        .attributeNames(
                                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_DELAYED,
                                QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
                .attributes();
        return attributes.values().stream().mapToInt(Integer::parseInt).sum();
    }

    /** The dead letters, up to 10. */
    public List<DeadLetter> deadLetters() {
        return client.receiveMessage(request -> request.queueUrl(deadLettersUrl)
                .maxNumberOfMessages(MESSAGES_AT_ONCE)
                .visibilityTimeout(0)
                .messageAttributeNames("All"))
                .messages()
                .stream()
                .map(message -> new DeadLetter(message.body(), reason(message)))
                .toList();
    }

    private static String reason(Message message) {
        MessageAttributeValue reason = message.messageAttributes().get(SqsBatchQueue.REASON);
        return reason == null ? "" : reason.stringValue();
    }

    /** Deletes both. */
    @Override
    public void close() {
        client.deleteQueue(request -> request.queueUrl(url));
        client.deleteQueue(request -> request.queueUrl(deadLettersUrl));
    }
}
