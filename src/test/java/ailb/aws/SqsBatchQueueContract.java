package ailb.aws;

import ailb.batch.BatchQueue;
import ailb.batch.BatchQueueContract;
import ailb.batch.InMemoryBatchQueue.DeadLetter;
import ailb.batch.QueueMessage;
import ailb.lambda.SystemTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import software.amazon.awssdk.services.sqs.SqsClient;

/** The contract on something that speaks SQS. */
abstract class SqsBatchQueueContract extends BatchQueueContract {

    private SqsQueues queues;

    abstract SqsClient client();

    @BeforeEach
    void createQueues() {
        queues = SqsQueues.create(client());
    }

    @AfterEach
    void deleteQueues() {
        queues.close();
    }

    @Override
    protected BatchQueue queue() {
        return queues.queue();
    }

    @Override
    protected List<QueueMessage> receive(int max, Duration visibility) {
        return queues.receive(max, visibility, Duration.ofSeconds(4));
    }

    @Override
    protected void delete(QueueMessage message) {
        queues.delete(message);
    }

    @Override
    protected List<DeadLetter> deadLetters() {
        return queues.deadLetters();
    }

    @Override
    protected long now() {
        return new SystemTime().now();
    }
}
