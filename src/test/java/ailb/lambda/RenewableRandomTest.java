package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RenewableRandomTest {

    @Test
    void twoGeneratorsDifferAndARenewedOneGoesOnDifferently() {
        assertGoesOnDifferently(RenewableRandom.quick(), RenewableRandom.quick());
        assertGoesOnDifferently(RenewableRandom.secure(), RenewableRandom.secure());
    }

    /** A quick one's next number follows from what it gave: 48 bits of state, of which each number shows most. */
    @Test
    void theSecureOneIsTheJdksOwnBeforeAndAfterItIsRenewed() {
        RenewableRandom secure = RenewableRandom.secure();

        assertThat(secure.source()).isInstanceOf(SecureRandom.class);
        Random before = secure.source();
        secure.renew();

        assertThat(secure.source()).isInstanceOf(SecureRandom.class).isNotSameAs(before);
        assertThat(RenewableRandom.quick().source()).isNotInstanceOf(SecureRandom.class);
    }

    private static void assertGoesOnDifferently(RenewableRandom one, RenewableRandom other) {
        long before = one.nextLong();
        one.renew();

        assertThat(LongStream.of(before, one.nextLong(), other.nextLong()).distinct().count())
                .isEqualTo(3);
    }
}
