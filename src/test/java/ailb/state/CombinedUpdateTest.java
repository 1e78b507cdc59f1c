package ailb.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What two writes one after the other would have done is the measure of the one that joins them. */
class CombinedUpdateTest {

    private static final List<Attribute> ATTRIBUTES =
            List.of(Attribute.TOKENS, Attribute.HOLD, Attribute.GENERATION, Attribute.BREAKER);

    @Test
    void aJoinedWriteDoesWhatTheTwoWouldHaveDone() {
        int made = 0;
        for (int seed = 0; seed < 200_000; seed++) {
            Random random = new Random(seed);
            EndpointState known = state(random);
            EndpointState actual = random.nextBoolean() ? known : state(random);
            ConditionalUpdate first = update(random);
            ConditionalUpdate second = update(random);
            Optional<ConditionalUpdate> joined = CombinedUpdate.of(known, first, second);

            if (joined.isPresent() && joined.get().allowedBy(actual)) {
                made++;
                assertThat(first.allowedBy(actual)).as("first, seed %d", seed).isTrue();
                assertThat(second.allowedBy(first.applyTo(actual))).as("second, seed %d", seed).isTrue();
                assertThat(joined.get().applyTo(actual))
                        .as("seed %d", seed)
                        .isEqualTo(second.applyTo(first.applyTo(actual)));
            }
            if (first.allowedBy(known) && second.allowedBy(first.applyTo(known))) {
                assertThat(joined).as("seed %d", seed)
                        .hasValueSatisfying(both -> assertThat(both.allowedBy(known))
                                .isTrue());
            }
        }
        assertThat(made).isGreaterThan(10_000);
    }

    private static EndpointState state(Random random) {
        Map<Attribute, Long> values = new HashMap<>();
        for (Attribute attribute : ATTRIBUTES) {
            if (random.nextInt(3) > 0) {
                values.put(attribute, (long) random.nextInt(6));
            }
        }
        return new EndpointState(values);
    }

    private static ConditionalUpdate update(Random random) {
        ConditionalUpdate.Builder update = ConditionalUpdate.builder().add(Attribute.TOTAL_REQUESTS, 1);
        for (Attribute attribute : ATTRIBUTES) {
            guard(random, attribute).ifPresent(update::guard);
            assignment(random, attribute).ifPresent(assignment -> {
                switch (assignment) {
                    case Assignment.Put(_, long value) -> update.put(attribute, value);
                    case Assignment.Add(_, long delta) -> update.add(attribute, delta);
                    case Assignment.Remove _ -> update.remove(attribute);
                }
            });
        }
        return update.build();
    }

    private static Optional<Guard> guard(Random random, Attribute attribute) {
        long bound = random.nextInt(6);
        return switch (random.nextInt(10)) {
            case 0 -> Optional.of(new Guard.Absent(attribute));
            case 1 -> Optional.of(new Guard.Between(attribute, bound, bound + random.nextInt(4)));
            case 2 -> Optional.of(new Guard.Between(attribute, bound, Long.MAX_VALUE));
            case 3 -> Optional.of(new Guard.Between(attribute, Long.MIN_VALUE, bound));
            default -> Optional.empty();
        };
    }

    private static Optional<Assignment> assignment(Random random, Attribute attribute) {
        return switch (random.nextInt(6)) {
            case 0 -> Optional.of(new Assignment.Put(attribute, random.nextInt(6)));
            case 1, 2 -> Optional.of(new Assignment.Add(attribute, random.nextInt(7) - 3L));
            case 3 -> Optional.of(new Assignment.Remove(attribute));
            default -> Optional.empty();
        };
    }
}
