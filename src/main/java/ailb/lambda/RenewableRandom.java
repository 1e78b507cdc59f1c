package ailb.lambda;

import java.security.SecureRandom;
import java.util.Random;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A random generator for many threads that can be seeded anew: one that came out of a snapshot is the same in every
 * instance started from it, and all of them would choose alike.
 */
public final class RenewableRandom implements RandomGenerator {

    private final Supplier<Random> seeded;
    private volatile Random random;

    private RenewableRandom(Supplier<Random> seeded) {
        this.seeded = seeded;
        this.random = seeded.get();
    }

    /** For choices: quick, and foreseeable by whoever has seen some of its numbers. */
    public static RenewableRandom quick() {
        return new RenewableRandom(() -> new Random(new SecureRandom().nextLong()));
    }

    /** For ids: nobody can foresee its numbers. */
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
