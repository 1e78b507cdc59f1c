package ailb.batch;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.dispatch.Dispatcher;
import ailb.dispatch.FixedKeys;
import ailb.dispatch.ScriptedUpstream;
import ailb.lambda.SystemTime;
import ailb.lambda.VirtualThreads;
import ailb.pool.Endpoints;
import ailb.pool.FailureClass;
import ailb.pool.Pool;
import ailb.port.Deadline;
import ailb.port.ReplyBudget;
import ailb.port.TimeSource;
import ailb.port.Upstream;
import ailb.protocol.wire.ProviderRequest;
import ailb.state.InMemoryStateStore;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lines whose replies have no room beside each other. */
@Timeout(60)
class BatchRepliesTest {

    private static final int BYTES = 100;

    private final TimeSource time = new SystemTime();

    /** One line's reply is let go of when its result is written, or the next would wait until the end. */
    @Test
    void allAreDoneOneAfterTheOther() throws Exception {
        InMemoryBatchStore store = new InMemoryBatchStore();
        Pool pool = Endpoints.pool(Endpoints.openAi("a", Endpoints.unlimited()));
        Dispatcher dispatcher = new Dispatcher(
                pool, new InMemoryStateStore(), new FullReplies(), new FixedKeys(), time, new Random(1), _ -> {});
        BatchProcessor worker = new BatchProcessor(
                pool, dispatcher, store, new InMemoryBatchQueue(time, new Random(1)), new VirtualThreads(), time,
                new Random(1), Duration.ofDays(1), new ReplyBudget(BYTES));
        List<QueueMessage> messages = IntStream.range(0, 20)
                .mapToObj(line -> new QueueMessage("m" + line, "r" + line,
                        "{\"id\":\"l" + line + "\",\"body\":" + SimulatedBatches.body("l", line) + "}", 1, time.now()))
                .toList();

        assertThat(worker.process(messages, Deadline.in(Duration.ofSeconds(50), time))).isEmpty();

        for (int line = 0; line < messages.size(); line++) {
            Batch batch = store.find("queue-l" + line, time.now()).orElseThrow();
            assertThat(store.results(batch, 0, 1, Long.MAX_VALUE)).singleElement()
                    .extracting(LineResult::outcome)
                    .isEqualTo(Outcome.COMPLETED);
        }
    }

    /** Each takes all there is, and fails where that is not to be had in time. */
    private static final class FullReplies implements Upstream {

        @Override
        public Result call(ProviderRequest request, Duration timeout) {
            throw new AssertionError("without a share");
        }

        @Override
        public Result call(ProviderRequest request, Duration timeout, ReplyBudget.Share share)
                throws InterruptedException {
            return share.take(BYTES, Duration.ofSeconds(10))
                    ? ScriptedUpstream.answer()
                    : new Failed(FailureClass.TIMEOUT, "no room");
        }
    }
}
