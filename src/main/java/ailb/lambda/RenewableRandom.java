package ailb.lambda;

import java.security.SecureRandom;
import java.util.Random;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A random generator for many threads that can get a new seed. After a snapshot it would be the same in every instance,
 * and all instances would choose alike.
 */
public final class RenewableRandom implements RandomGenerator {

    private final Supplier<Random> seeded;
    private volatile Random random;

    private RenewableRandom(Supplier<Random> seeded) {
        this.seeded = seeded;
        this.random = seeded.get();
    }

    /** A fast generator for choices. Whoever has seen some of its numbers can predict the others. */
    public static RenewableRandom quick() {
        return new RenewableRandom(() -> new Random(new SecureRandom().nextLong()));
    }

    /** A generator for ids. Nobody can predict its numbers. */
    public static RenewableRandom secure() {
        return new RenewableRandom(SecureRandom::new);
    }

    Random source() {
        return random;
    }

    public void renew() {
        random = seeded.get();
    }

    @Override
    public long nextLong() {
        return random.nextLong();
    }
}
