package ailb.aws;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.dispatch.permit.BuiltUpdates;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.Guard;
import ailb.state.InMemoryStateStore;
import ailb.state.RandomCase;
import ailb.state.StateStore;
import ailb.state.UpdateResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * The store in memory, which stands for DynamoDB in simulations, does what DynamoDB does: the same outcome and the same
 * item for every update, half of them made up at random and half as production builds them.
 *
 * <p>{@code -Dailb.equivalence.pairs=1000000} tries more than the usual number.
 */
@ResourceLock(LocalDynamo.LOCK)
class StateStoreEquivalenceTest {

    private static final int PAIRS = Integer.getInteger("ailb.equivalence.pairs", 20_000);
    private static final long SEED = 20261125;

    /** DynamoDB's bound on the items of one read. */
    private static final int AT_ONCE = 100;

    /** DynamoDB's bound on the items of one request of many writes. */
    private static final int WRITES_AT_ONCE = 25;

    private final String table = "equivalence-" + UUID.randomUUID();
    private final StateStore dynamo = new DynamoStateStore(LocalDynamo.client(), table);
    private final RandomGenerator random = new Random(SEED);
    private final BuiltUpdates builtUpdates = new BuiltUpdates(random);

    StateStoreEquivalenceTest() {
        LocalDynamo.createTable(LocalDynamo.client(), table);
    }

    private record Pair(EndpointState item, ConditionalUpdate update) {}

    @Test
    void bothStoresMakeTheSameOfEveryItemAndUpdate() {
        int applied = 0;
        for (int from = 0; from < PAIRS; from += AT_ONCE) {
            Map<String, Pair> pairs = new HashMap<>();
            IntStream.range(from, Math.min(PAIRS, from + AT_ONCE))
                    .forEach(number -> pairs.put("pair-" + number % AT_ONCE, pair(number)));
            applied += compare(from, pairs);
        }
        assertThat(applied).as("a fair share of both results").isBetween(PAIRS / 3, PAIRS * 2 / 3);
    }

    @Test
    void thePairsHoldEveryKindOfGuardAndAssignment() {
        Set<String> kinds = new HashSet<>();
        Set<Attribute> guarded = new HashSet<>();
        Set<Attribute> assigned = new HashSet<>();
        for (int number = 0; number < 10_000; number++) {
            Pair pair = pair(number);
            pair.update().guards().forEach(guard -> {
                guarded.add(guard.attribute());
                kinds.add(kind(guard) + ": " + place(guard, pair.item()));
            });
            pair.update().assignments().forEach(assignment -> {
                assigned.add(assignment.attribute());
                kinds.add(assignment.getClass().getSimpleName() + ": "
                        + (pair.item().has(assignment.attribute()) ? "present" : "absent"));
            });
        }

        assertThat(kinds).contains(
                "absent: absent", "absent: present",
                "equal: absent", "equal: one below", "equal: low", "equal: one above",
                "between: absent", "between: one below", "between: low", "between: inside", "between: high",
                "between: one above",
                "at most: absent", "at most: inside", "at most: high", "at most: one above",
                "at least: absent", "at least: one below", "at least: low", "at least: inside",
                "anything: absent", "anything: inside",
                "Put: absent", "Put: present", "Add: absent", "Add: present", "Remove: absent", "Remove: present");
        assertThat(guarded).containsAll(Attribute.all());
        assertThat(assigned).containsAll(Attribute.all());
    }

    private static String kind(Guard guard) {
        return switch (guard) {
            case Guard.Absent _ -> "absent";
            case Guard.Between(_, long low, long high) when low == high -> "equal";
            case Guard.Between(_, long low, long high) when low == Long.MIN_VALUE ->
                high == Long.MAX_VALUE ? "anything" : "at most";
            case Guard.Between(_, _, long high) -> high == Long.MAX_VALUE ? "at least" : "between";
        };
    }

    /** Where the item stands to a guard. */
    private static String place(Guard guard, EndpointState item) {
        long value = item.get(guard.attribute());
        return switch (guard) {
            case Guard _ when !item.has(guard.attribute()) -> "absent";
            case Guard.Absent _ -> "present";
            case Guard.Between(_, long low, _) when value == low -> "low";
            case Guard.Between(_, _, long high) when value == high -> "high";
            case Guard.Between(_, long low, long high) when value > low && value < high -> "inside";
            case Guard.Between(_, long low, _) when value == low - 1 -> "one below";
            case Guard.Between(_, _, long high) when value == high + 1 -> "one above";
            case Guard.Between _ -> "outside";
        };
    }

    private Pair pair(int number) {
        if (number % 2 == 0) {
            RandomCase one = RandomCase.of(random);
            return new Pair(one.item(), one.update());
        }
        BuiltUpdates.Built one = builtUpdates.next();
        return new Pair(one.item(), one.update());
    }

    /** Returns how many updates were made. */
    private int compare(int from, Map<String, Pair> pairs) {
        begin(pairs);
        Map<String, EndpointState> items = new HashMap<>();
        pairs.forEach((name, pair) -> items.put(name, pair.item()));
        InMemoryStateStore memory = new InMemoryStateStore(items);
        int applied = 0;
        for (Map.Entry<String, Pair> each : pairs.entrySet()) {
            String name = each.getKey();
            ConditionalUpdate update = each.getValue().update();
            UpdateResult expected = memory.update(name, update);
            assertThat(dynamo.update(name, update))
                    .as("seed %d, %s from %d on: %s", SEED, name, from, each.getValue())
                    .isEqualTo(expected);
            applied += expected instanceof UpdateResult.Applied ? 1 : 0;
        }
        assertThat(dynamo.read(pairs.keySet()))
                .as("seed %d, items left of those from %d on", SEED, from)
                .isEqualTo(memory.read(pairs.keySet()));
        return applied;
    }

    /** Puts the items to begin with into the table, in place of what was there: many in one request, to be quick. */
    private void begin(Map<String, Pair> pairs) {
        List<WriteRequest> writes = new ArrayList<>();
        pairs.forEach((name, pair) -> writes.add(begin(name, pair.item())));
        for (int from = 0; from < writes.size(); from += WRITES_AT_ONCE) {
            List<WriteRequest> some = writes.subList(from, Math.min(writes.size(), from + WRITES_AT_ONCE));
            assertThat(LocalDynamo.client()
                    .batchWriteItem(request -> request.requestItems(Map.of(table, some)))
                    .unprocessedItems())
                    .isEmpty();
        }
    }

    /** An empty state is that of an item which is not there, and of one with nothing in it but its key. */
    private WriteRequest begin(String name, EndpointState state) {
        Map<String, AttributeValue> item = new HashMap<>(EndpointItem.key(name));
        if (state.equals(EndpointState.EMPTY) && random.nextBoolean()) {
            return WriteRequest.builder().deleteRequest(delete -> delete.key(item)).build();
        }
        state.values().forEach((attribute, value) -> item.put(attribute.name(), AttributeValues.of(value)));
        return WriteRequest.builder().putRequest(put -> put.item(item)).build();
    }
}
