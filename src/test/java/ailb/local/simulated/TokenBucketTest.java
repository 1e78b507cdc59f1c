package ailb.local.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TokenBucketTest {

    private final SteppedClock clock = new SteppedClock();
    private final Meter bucket = new TokenBucket(300, clock.instant());

    @Test
    void startsFullAndTheWholeMinuteMayGoAtOnce() {
        assertThat(remaining()).isEqualTo(300);
        take(300);
        assertThat(remaining()).isZero();
    }

    @Test
    void isRefilledAllTheTime() {
        take(300);

        clock.advance(Duration.ofMillis(199));
        assertThat(remaining()).isZero();
        clock.advance(Duration.ofMillis(1));
        assertThat(remaining()).isEqualTo(1);
        clock.advanceSeconds(10);
        assertThat(remaining()).isEqualTo(51);
    }

    @Test
    void isNeverFullerThanFull() {
        take(5);
        clock.advance(Duration.ofDays(400));

        assertThat(remaining()).isEqualTo(300);
        take(300);
        assertThat(remaining()).isZero();
    }

    @Test
    void losesNothingToManySmallSteps() {
        take(300);
        for (int i = 0; i < 7_000; i++) {
            clock.advance(Duration.ofMillis(1));
            assertThat(remaining()).isEqualTo((i + 1) / 200);
        }
    }

    @Test
    void tellsWhenThereIsRoomAndWhenItIsFull() {
        take(290);

        assertThat(bucket.untilRoom(10, clock.instant())).isEqualTo(Duration.ZERO);
        assertThat(bucket.untilRoom(11, clock.instant())).isEqualTo(Duration.ofMillis(200));
        assertThat(bucket.untilReset(clock.instant())).isEqualTo(Duration.ofSeconds(58));
    }

    @Test
    void aClockThatGoesBackTakesNothingAway() {
        take(300);
        clock.advanceSeconds(10);
        assertThat(remaining()).isEqualTo(50);
        clock.advanceSeconds(-5);

        assertThat(remaining()).isEqualTo(50);
    }

    private void take(long units) {
        bucket.take(units, clock.instant());
    }

    private long remaining() {
        return bucket.remaining(clock.instant());
    }
}
