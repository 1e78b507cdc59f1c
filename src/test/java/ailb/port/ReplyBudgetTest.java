package ailb.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReplyBudgetTest {

    private static final Duration AMPLE = Duration.ofMinutes(1);

    private final ReplyBudget budget = new ReplyBudget(100);
    private final ReplyBudget.Share first = budget.share();
    private final ReplyBudget.Share second = budget.share();
    private final ReplyBudget.Share third = budget.share();

    @Test
    void sharesTakeTogetherWhatThereIs() throws Exception {
        assertThat(first.take(60, Duration.ZERO)).isTrue();
        assertThat(second.take(40, Duration.ZERO)).isTrue();
    }

    /** Else those that hold a part of a reply would all wait for each other. */
    @Test
    void oneMayGoBeyondAndTheOthersMayNot() throws Exception {
        first.take(60, Duration.ZERO);
        second.take(40, Duration.ZERO);

        assertThat(second.take(1, Duration.ZERO)).isTrue();
        assertThat(first.take(1, Duration.ZERO)).isFalse();
        assertThat(third.take(1, Duration.ZERO)).isFalse();
        assertThat(second.take(1000, Duration.ZERO)).isTrue();
    }

    @Test
    void whatIsGivenBackCanBeTakenAgain() throws Exception {
        first.take(60, Duration.ZERO);
        second.take(200, Duration.ZERO);
        second.giveBack();

        assertThat(third.take(40, Duration.ZERO)).isTrue();
        assertThat(third.take(1, Duration.ZERO)).as("goes beyond").isTrue();
        assertThat(second.take(1, Duration.ZERO)).isFalse();

        third.giveBack();
        third.giveBack();
        assertThat(second.take(40, Duration.ZERO)).isTrue();
    }

    @Test
    void oneThatWaitsGoesOnWhenOthersHaveGivenBack() throws Exception {
        first.take(100, Duration.ZERO);
        first.take(1, Duration.ZERO);
        CompletableFuture<Boolean> waiting = new CompletableFuture<>();
        Thread waiter = Thread.ofVirtual().start(() -> waiting.complete(taken(second, 100)));
        first.giveBack();

        assertThat(waiting.get(60, TimeUnit.SECONDS)).isTrue();
        waiter.join();
    }

    @Test
    void aWaitCanBeInterrupted() throws Exception {
        first.take(101, Duration.ZERO);
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> second.take(1, AMPLE)).isInstanceOf(InterruptedException.class);
    }

    @Test
    void withoutALimitNobodyWaits() throws Exception {
        ReplyBudget.Share share = ReplyBudget.unlimited().share();

        assertThat(share.take(Integer.MAX_VALUE, Duration.ZERO)).isTrue();
        assertThat(share.take(Integer.MAX_VALUE, Duration.ZERO)).isTrue();
    }

    private static boolean taken(ReplyBudget.Share share, int bytes) {
        try {
            return share.take(bytes, AMPLE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
