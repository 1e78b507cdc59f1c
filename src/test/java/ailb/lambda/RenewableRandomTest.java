package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RenewableRandomTest {

    @Test
    void twoGeneratorsDifferAndARenewedOneGoesOnDifferently() {
        RenewableRandom one = new RenewableRandom();
        RenewableRandom other = new RenewableRandom();
        long before = one.nextLong();
        one.renew();

        assertThat(LongStream.of(before, one.nextLong(), other.nextLong()).distinct().count())
                .isEqualTo(3);
    }
}
