package ailb.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TransferRateTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long MB = 1 << 20;

    @Test
    void theFirstTenMegabytesGoAtOnceAndTheOthersAtTwoASecond() {
        TransferRate rate = TransferRate.ofGateway();

        assertThat(rate.take(4 * MB, 0)).isZero();
        assertThat(rate.take(6 * MB, 7)).isEqualTo(7);
        assertThat(rate.take(2 * MB, 10)).isEqualTo(SECOND + 10);
        assertThat(rate.take(4 * MB, 10)).isEqualTo(3 * SECOND + 10);
    }

    @Test
    void whatCrossesTheBoundaryWaitsForItsSecondPart() {
        TransferRate rate = new TransferRate(100, 50);

        assertThat(rate.take(125, 0)).isEqualTo(SECOND / 2);
    }

    @Test
    void aPauseIsNotMadeUpForLater() {
        TransferRate rate = new TransferRate(0, 100);

        assertThat(rate.take(100, 0)).isEqualTo(SECOND);
        assertThat(rate.take(100, 60 * SECOND)).isEqualTo(61 * SECOND);
    }

    @Test
    void timesBeforeTheClocksOriginAreTimesToo() {
        TransferRate rate = new TransferRate(0, 100);

        assertThat(rate.take(100, -5 * SECOND)).isEqualTo(-4 * SECOND);
    }
}
