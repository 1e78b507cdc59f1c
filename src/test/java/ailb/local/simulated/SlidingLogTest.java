package ailb.local.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SlidingLogTest {

    private final SteppedClock clock = new SteppedClock();
    private final Meter log = new SlidingLog(10);

    @Test
    void whatWasTakenCountsForSixtySecondsAndNoLonger() {
        take(4);
        clock.advanceSeconds(59);
        take(6);

        assertThat(remaining()).isZero();
        clock.advance(Duration.ofMillis(999));
        assertThat(remaining()).isZero();
        clock.advance(Duration.ofMillis(1));
        assertThat(remaining()).isEqualTo(4);
        clock.advanceSeconds(59);
        assertThat(remaining()).isEqualTo(10);
    }

    @Test
    void aFullMinuteAtItsEndLeavesNothingForTheBeginningOfTheNext() {
        clock.advanceSeconds(59);
        take(10);
        clock.advanceSeconds(2);

        assertThat(remaining()).isZero();
    }

    @Test
    void roomComesWhenEnoughOfTheOldestHasGone() {
        take(3);
        clock.advanceSeconds(10);
        take(3);
        clock.advanceSeconds(10);
        take(3);

        assertThat(untilRoom(1)).isEqualTo(Duration.ZERO);
        assertThat(untilRoom(2)).isEqualTo(Duration.ofSeconds(40));
        assertThat(untilRoom(4)).isEqualTo(Duration.ofSeconds(40));
        assertThat(untilRoom(5)).isEqualTo(Duration.ofSeconds(50));
        assertThat(untilRoom(10)).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void whatIsTakenBeyondTheLimitCountsToo() {
        take(10);
        clock.advanceSeconds(30);
        take(10);
        clock.advanceSeconds(30);

        assertThat(remaining()).isZero();
        assertThat(untilRoom(1)).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void itIsResetWhenTheNewestHasGone() {
        assertThat(log.untilReset(clock.instant())).isEqualTo(Duration.ZERO);
        take(1);
        clock.advanceSeconds(20);
        take(1);
        clock.advanceSeconds(5);

        assertThat(log.untilReset(clock.instant())).isEqualTo(Duration.ofSeconds(55));
    }

    private void take(long units) {
        log.take(units, clock.instant());
    }

    private long remaining() {
        return log.remaining(clock.instant());
    }

    private Duration untilRoom(long units) {
        return log.untilRoom(units, clock.instant());
    }
}
