package ailb.lambda;

import java.security.SecureRandom;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * A random generator for many threads that can be seeded anew: one that came out of a snapshot is the same in every
 * instance started from it, and all of them would choose alike.
 */
public final class RenewableRandom implements RandomGenerator {

    private volatile Random random = seeded();

    private static Random seeded() {
        return new Random(new SecureRandom().nextLong());
    }

    public void renew() {
        random = seeded();
    }

    @Override
    public long nextLong() {
        return random.nextLong();
    }
}
