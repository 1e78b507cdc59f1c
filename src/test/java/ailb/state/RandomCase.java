package ailb.state;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * An item, an update made up at random, and what must come of it, worked out without the code under test. Numbers are
 * taken from all that a long holds; sums that no long holds do not come up (see {@link Assignment.Add}).
 */
public record RandomCase(EndpointState item, ConditionalUpdate update, UpdateResult expected) {

    private static final long NOVEMBER_2026 = 1_795_000_000_000_000_000L;

    private static final int ATTRIBUTES = 6;

    /** The same six attributes are in the item, the guards and the assignments, or are absent from them. */
    public static RandomCase of(RandomGenerator random) {
        int first = random.nextInt(Attribute.all().size() - ATTRIBUTES + 1);
        List<Attribute> some = Attribute.all().subList(first, first + ATTRIBUTES);
        Map<Attribute, Long> item = new HashMap<>();
        if (random.nextInt(10) > 0) {
            some.stream().filter(_ -> random.nextInt(3) > 0).forEach(one -> item.put(one, number(random)));
        }
        ConditionalUpdate.Builder update = ConditionalUpdate.builder();
        Map<Attribute, Long> after = new HashMap<>(item);
        boolean allowed = true;
        for (Attribute attribute : some) {
            if (random.nextInt(4) == 0) {
                allowed &= guard(random, update, attribute, item.get(attribute));
            }
            if (random.nextInt(2) == 0 || attribute.equals(some.getLast())) {
                assign(random, update, attribute, after);
            }
        }
        EndpointState before = new EndpointState(item);
        return new RandomCase(
                before,
                update.build(),
                allowed
                        ? new UpdateResult.Applied(new EndpointState(after))
                        : new UpdateResult.Rejected(before));
    }

    private static boolean guard(
            RandomGenerator random, ConditionalUpdate.Builder update, Attribute attribute, Long value) {
        if (random.nextInt(3) == 0) {
            update.guard(new Guard.Absent(attribute));
            return value == null;
        }
        long near = value == null ? number(random) : sum(value, random.nextInt(-1, 2));
        long low = random.nextInt(4) == 0 ? Long.MIN_VALUE : sum(near, -random.nextInt(3));
        long high = random.nextInt(4) == 0 ? Long.MAX_VALUE : sum(near, random.nextInt(3));
        update.guard(new Guard.Between(attribute, low, high));
        return value != null && value >= low && value <= high;
    }

    private static void assign(
            RandomGenerator random,
            ConditionalUpdate.Builder update,
            Attribute attribute,
            Map<Attribute, Long> after) {
        long number = number(random);
        switch (random.nextInt(3)) {
            case 0 -> {
                update.put(attribute, number);
                after.put(attribute, number);
            }
            case 1 -> {
                long before = after.containsKey(attribute) ? after.get(attribute) : 0;
                long sum = sum(before, number);
                update.add(attribute, sum - before);
                after.put(attribute, sum);
            }
            default -> {
                update.remove(attribute);
                after.remove(attribute);
            }
        }
    }

    private static long number(RandomGenerator random) {
        return switch (random.nextInt(5)) {
            case 0 -> random.nextLong(-3, 4);
            case 1 -> NOVEMBER_2026 + random.nextLong(-3, 4);
            case 2 -> -NOVEMBER_2026;
            case 3 -> random.nextBoolean() ? Long.MAX_VALUE - random.nextInt(3) : Long.MIN_VALUE + random.nextInt(3);
            default -> random.nextLong(-1_000_000_000_000L, 1_000_000_000_000L);
        };
    }

    /** The sum, or the long that is nearest to it. */
    private static long sum(long one, long other) {
        BigInteger sum = BigInteger.valueOf(one).add(BigInteger.valueOf(other));
        return sum.bitLength() < Long.SIZE ? sum.longValueExact() : sum.signum() > 0 ? Long.MAX_VALUE : Long.MIN_VALUE;
    }
}
