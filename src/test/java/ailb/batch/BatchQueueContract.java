package ailb.batch;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.batch.InMemoryBatchQueue.DeadLetter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a queue of batches must do. Where it says that a message is not handed out, another one is. */
@Timeout(60)
public abstract class BatchQueueContract {

    private static final Duration HIDDEN = Duration.ofMinutes(5);

    /** Of a queue that is empty when the test starts. */
    protected abstract BatchQueue queue();

    /** Hands messages out, at least one if there is one: at most so many, up to 10. */
    protected abstract List<QueueMessage> receive(int max, Duration visibility);

    protected abstract void delete(QueueMessage message);

    /** All there are. */
    protected abstract List<DeadLetter> deadLetters();

    /** Nanoseconds since the epoch, of the clock the queue goes by. */
    protected abstract long now();

    @Test
    void everyMessageIsHandedOutOnceWhileItIsHidden() {
        List<String> bodies = IntStream.range(0, 37).mapToObj("{\"line\":%d}"::formatted).toList();
        queue().send(bodies, Duration.ZERO);
        List<QueueMessage> messages = receiveAll(37);

        assertThat(messages).extracting(QueueMessage::body).containsExactlyInAnyOrderElementsOf(bodies);
        assertThat(messages).extracting(QueueMessage::id).doesNotHaveDuplicates();
        assertThat(messages).allSatisfy(message -> {
            assertThat(message.receives()).isOne();
            assertThat(Duration.ofNanos(now() - message.sent()).abs()).isLessThan(Duration.ofMinutes(1));
        });
    }

    @Test
    void sendingNothingIsFine() {
        queue().send(List.of(), Duration.ZERO);
        queue().send(List.of("after"), Duration.ZERO);

        assertThat(receiveAll(1)).extracting(QueueMessage::body).containsExactly("after");
    }

    @Test
    void messagesOfTheLargestSizeAreTaken() {
        String large = "ü".repeat(BatchQueue.MAX_BYTES / 2);
        String smaller = "s".repeat(BatchQueue.MAX_BYTES * 2 / 5);
        List<String> bodies = List.of("first", large, smaller, smaller, smaller, "last");
        queue().send(bodies, Duration.ZERO);

        assertThat(receiveAll(6)).extracting(QueueMessage::body).containsExactlyInAnyOrderElementsOf(bodies);
    }

    @Test
    void anyCharacterThatJsonMayHoldIsTaken() throws Exception {
        String json = "{\"text\":\"tab \\t, \u007F, \u0085, \uFFFE\uFFFF, Grüße, \uD83D\uDE80\"}";
        queue().send(List.of(json), Duration.ZERO);
        String received = receiveAll(1).getFirst().body();

        assertThat(new JsonMapper().readTree(received)).isEqualTo(new JsonMapper().readTree(json));
    }

    @Test
    void aMessageSentAheadIsNotHandedOutYet() {
        queue().send(List.of("later"), BatchQueue.LONGEST_DELAY);
        queue().send(List.of("now"), Duration.ZERO);

        assertThat(receiveAll(1)).extracting(QueueMessage::body).containsExactly("now");
    }

    @Test
    void aMessageNotDeletedComesAgainWhenItIsNoLongerHidden() {
        queue().send(List.of("again"), Duration.ZERO);
        QueueMessage first = receive(10, Duration.ZERO).getFirst();
        QueueMessage second = receiveAll(1).getFirst();

        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.body()).isEqualTo("again");
        assertThat(second.receives()).isEqualTo(2);
        assertThat(second.sent()).isEqualTo(first.sent());
    }

    @Test
    void hidingBringsAMessageBackSoonerOrLater() {
        queue().send(List.of("sooner", "later"), Duration.ZERO);
        List<QueueMessage> messages = receiveAll(2);
        queue().hide(named("later", messages), Duration.ofHours(12));
        queue().hide(named("sooner", messages), Duration.ZERO);
        List<QueueMessage> next = receive(10, HIDDEN);

        assertThat(next).extracting(QueueMessage::body).containsExactly("sooner");
        assertThat(next).extracting(QueueMessage::receives).containsExactly(2);
    }

    @Test
    void aDeletedMessageIsNotHandedOutAgain() {
        queue().send(List.of("deleted", "left"), Duration.ZERO);
        List<QueueMessage> messages = receiveAll(2);
        queue().hide(named("deleted", messages), Duration.ZERO);
        queue().hide(named("left", messages), Duration.ZERO);
        delete(named("deleted", messages));

        assertThat(receive(10, HIDDEN)).extracting(QueueMessage::body).containsExactly("left");
    }

    @Test
    void aDeadLetterKeepsItsBodyAndTheReasonWhileTheOriginalStays() {
        queue().send(List.of("{not json"), Duration.ZERO);
        QueueMessage message = receiveAll(1).getFirst();
        queue().deadLetter(message, "not JSON: Grüße");
        queue().hide(message, Duration.ZERO);

        assertThat(deadLetters()).containsExactly(new DeadLetter("{not json", "not JSON: Grüße"));
        assertThat(receive(10, HIDDEN)).extracting(QueueMessage::body).containsExactly("{not json");
    }

    @Test
    void aReasonIsMadeToFit() {
        queue().send(List.of("b"), Duration.ZERO);
        QueueMessage message = receiveAll(1).getFirst();
        queue().deadLetter(message, "two\nlines\u0000\u0085" + "x".repeat(2_000));

        assertThat(deadLetters()).singleElement()
                .satisfies(letter -> assertThat(letter.reason())
                        .startsWith("two lines")
                        .hasSizeBetween(1_000, 1_024)
                        .doesNotContainPattern("\\p{Cc}"));
    }

    @Test
    void aDeadLetterNeedsNoReason() {
        queue().send(List.of("b"), Duration.ZERO);
        queue().deadLetter(receiveAll(1).getFirst(), "\n");

        assertThat(deadLetters()).containsExactly(new DeadLetter("b", ""));
    }

    private List<QueueMessage> receiveAll(int number) {
        List<QueueMessage> messages = new ArrayList<>();
        while (messages.size() < number) {
            messages.addAll(receive(10, HIDDEN));
        }
        return messages;
    }

    private static QueueMessage named(String body, List<QueueMessage> messages) {
        return messages.stream().filter(message -> message.body().equals(body)).findFirst().orElseThrow();
    }
}
