package ailb.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ailb.state.UpdateResult.Applied;
import ailb.state.UpdateResult.Rejected;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link StateStore} does. */
@Timeout(60)
public abstract class StateStoreContract {

    private static final Attribute A = Attribute.REQUESTS;
    private static final Attribute B = Attribute.TOKENS;
    private static final Attribute C = Attribute.HOLD;

    /** A round number: nothing may take its zeros for an exponent. */
    private static final long NOVEMBER_2026 = 1_795_000_000_000_000_000L;

    private final String endpoint = "endpoint-" + UUID.randomUUID();

    protected abstract StateStore store();

    @Test
    void anEndpointNobodyHasWrittenToReadsEmpty() {
        assertThat(read()).isEqualTo(EndpointState.EMPTY);
    }

    @Test
    void theFirstUpdateMakesTheItem() {
        assertThat(store().update(endpoint, put(A, 7))).isEqualTo(new Applied(state(A, 7)));
        assertThat(read()).isEqualTo(state(A, 7));
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, NOVEMBER_2026, Long.MAX_VALUE})
    void numbersComeBackAsTheyWerePut(long number) {
        assertThat(store().update(endpoint, put(A, number))).isEqualTo(new Applied(state(A, number)));
        assertThat(read()).isEqualTo(state(A, number));
    }

    @Test
    void anAppliedUpdateBringsBackTheWholeItem() {
        given(Map.of(A, 1L, B, 2L, C, 3L));

        ConditionalUpdate update = ConditionalUpdate.builder().put(A, 10).add(B, 5).remove(C).build();

        assertThat(store().update(endpoint, update)).isEqualTo(new Applied(new EndpointState(Map.of(A, 10L, B, 7L))));
    }

    @Test
    void addingToAnAbsentAttributeCountsFromZero() {
        assertThat(store().update(endpoint, ConditionalUpdate.builder().add(A, -4).build()))
                .isEqualTo(new Applied(state(A, -4)));
    }

    @Test
    void addingTakesAway() {
        given(Map.of(A, NOVEMBER_2026));

        assertThat(store().update(endpoint, ConditionalUpdate.builder().add(A, -1).build()))
                .isEqualTo(new Applied(state(A, NOVEMBER_2026 - 1)));
    }

    @Test
    void addingZeroToAnAbsentAttributeMakesIt() {
        assertThat(store().update(endpoint, ConditionalUpdate.builder().add(A, 0).build()))
                .isEqualTo(new Applied(state(A, 0)));
    }

    @Test
    void removingAnAbsentAttributeChangesNothing() {
        given(Map.of(A, 1L));

        assertThat(store().update(endpoint, ConditionalUpdate.builder().remove(B).build()))
                .isEqualTo(new Applied(state(A, 1)));
    }

    @Test
    void anItemWithNothingLeftReadsEmpty() {
        given(Map.of(A, 1L));

        assertThat(store().update(endpoint, ConditionalUpdate.builder().remove(A).build()))
                .isEqualTo(new Applied(EndpointState.EMPTY));
        assertThat(read()).isEqualTo(EndpointState.EMPTY);
    }

    @ParameterizedTest
    @CsvSource({
        "10, 20, true", "9, 9, false", "11, 20, false", "10, 10, true", "0, 10, true", "0, 9, false",
        "-9223372036854775808, 10, true", "-9223372036854775808, 9, false",
        "10, 9223372036854775807, true", "11, 9223372036854775807, false",
        "-9223372036854775808, 9223372036854775807, true",
    })
    void aRangeIncludesItsEnds(long low, long high, boolean applied) {
        given(Map.of(A, 10L));

        UpdateResult result = store().update(endpoint, guarded(new Guard.Between(A, low, high)));

        assertThat(result).isEqualTo(
                applied
                        ? new Applied(new EndpointState(Map.of(A, 10L, B, 1L)))
                        : new Rejected(state(A, 10)));
    }

    @ParameterizedTest
    @CsvSource({
        "-5, 5", "0, 0", "-9223372036854775808, 5", "-5, 9223372036854775807",
        "-9223372036854775808, 9223372036854775807",
    })
    void noRangeHoldsAnAbsentAttribute(long low, long high) {
        ConditionalUpdate update = guarded(new Guard.Between(A, low, high));

        assertThat(store().update(endpoint, update)).isEqualTo(new Rejected(EndpointState.EMPTY));
        assertThat(read()).isEqualTo(EndpointState.EMPTY);

        given(Map.of(C, 0L));
        assertThat(store().update(endpoint, update)).isEqualTo(new Rejected(state(C, 0)));
    }

    @Test
    void anAbsentAttributeMayBeAskedFor() {
        ConditionalUpdate update = guarded(new Guard.Absent(A));

        assertThat(store().update(endpoint, update)).isEqualTo(new Applied(state(B, 1)));

        given(Map.of(A, 0L));
        assertThat(store().update(endpoint, update))
                .isEqualTo(new Rejected(new EndpointState(Map.of(A, 0L, B, 1L))));
    }

    @Test
    void oneGuardThatDoesNotHoldRefusesTheWholeUpdate() {
        given(Map.of(A, 1L, B, 2L));

        ConditionalUpdate update = ConditionalUpdate.builder()
                .guard(Guard.equal(A, 1))
                .guard(new Guard.Absent(C))
                .guard(Guard.equal(B, 3))
                .put(A, 100)
                .add(B, 100)
                .put(C, 100)
                .build();

        assertThat(store().update(endpoint, update))
                .isEqualTo(new Rejected(new EndpointState(Map.of(A, 1L, B, 2L))));
        assertThat(read()).isEqualTo(new EndpointState(Map.of(A, 1L, B, 2L)));
    }

    @Test
    void guardsSeeTheItemBeforeTheUpdate() {
        given(Map.of(A, 1L));

        ConditionalUpdate update = ConditionalUpdate.builder().guard(Guard.equal(A, 1)).add(A, 1).build();

        assertThat(store().update(endpoint, update)).isEqualTo(new Applied(state(A, 2)));
        assertThat(store().update(endpoint, update)).isEqualTo(new Rejected(state(A, 2)));
    }

    @Test
    void endpointsAreKeptApart() {
        given(Map.of(A, 1L));
        String other = endpoint + "-other";

        assertThat(store().read(List.of(endpoint, other, endpoint)))
                .isEqualTo(Map.of(endpoint, state(A, 1), other, EndpointState.EMPTY));
    }

    @Test
    void manyEndpointsAreReadAtOnce() {
        List<String> names = IntStream.range(0, 150).mapToObj(index -> endpoint + "-" + index).toList();
        Map<String, EndpointState> expected = new HashMap<>();
        for (int index = 0; index < names.size(); index++) {
            boolean written = index % 3 != 0;
            if (written) {
                store().update(names.get(index), put(A, index));
            }
            expected.put(names.get(index), written ? state(A, index) : EndpointState.EMPTY);
        }

        assertThat(store().read(names)).isEqualTo(expected);
    }

    @Test
    void nothingIsReadOfNoEndpoints() {
        assertThat(store().read(List.of())).isEmpty();
    }

    @Test
    void addsOfManyThreadsAllCount() throws Exception {
        int threads = 32;
        int adds = 20;
        List<Long> sums = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Long>>> all = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                all.add(executor.submit(() -> addOneAtATime(adds)));
            }
            for (Future<List<Long>> one : all) {
                sums.addAll(one.get());
            }
        }

        // Each add has seen a sum of its own: none was lost, none was made twice.
        assertThat(sums).containsExactlyInAnyOrderElementsOf(
                IntStream.rangeClosed(1, threads * adds).mapToObj(Long::valueOf).toList());
        assertThat(read()).isEqualTo(state(A, sums.size()));
    }

    private List<Long> addOneAtATime(int times) {
        ConditionalUpdate addOne = ConditionalUpdate.builder().add(A, 1).build();
        return IntStream.range(0, times)
                .mapToObj(_ -> ((Applied) store().update(endpoint, addOne)).state().get(A))
                .toList();
    }

    @Test
    void ofManyThreadsThatWantTheSameChangeOneMakesIt() throws Exception {
        ConditionalUpdate first = ConditionalUpdate.builder().guard(new Guard.Absent(A)).put(A, 1).build();
        List<UpdateResult> results = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<UpdateResult>> all = IntStream.range(0, 32)
                    .mapToObj(_ -> executor.submit(() -> store().update(endpoint, first)))
                    .toList();
            for (Future<UpdateResult> one : all) {
                results.add(one.get());
            }
        }

        assertThat(results).filteredOn(Applied.class::isInstance).hasSize(1);
        assertThat(results).filteredOn(Rejected.class::isInstance)
                .hasSize(31)
                .containsOnly(new Rejected(state(A, 1)));
    }

    @Test
    void randomUpdatesDoWhatTheWordsSay() {
        long seed = 20261122;
        RandomGenerator random = new Random(seed);
        int applied = 0;
        for (int round = 0; round < 1000; round++) {
            String name = endpoint + "-" + round;
            RandomCase one = RandomCase.of(random);
            if (!one.item().values().isEmpty()) {
                given(name, one.item().values());
            }

            UpdateResult result = store().update(name, one.update());

            assertThat(result).as("seed %d, round %d: %s", seed, round, one).isEqualTo(one.expected());
            applied += result instanceof Applied ? 1 : 0;
        }
        assertThat(applied).as("a fair share of both results").isBetween(250, 750);
    }

    @Test
    void anItemWithEverythingInItStaysWithinOneWriteUnit() {
        String longestName = "e".repeat(64);
        ConditionalUpdate.Builder everything = ConditionalUpdate.builder();
        Attribute.all().forEach(attribute -> everything.put(attribute, largest(attribute)));
        store().update(longestName, everything.build());

        ConditionalUpdate.Builder again = ConditionalUpdate.builder();
        Attribute.all().forEach(attribute -> again.guard(Guard.equal(attribute, largest(attribute))));
        Attribute.all().forEach(attribute -> again.add(attribute, 0));

        assertThat(store().update(longestName, again.build())).isInstanceOfSatisfying(
                Applied.class,
                applied -> assertThat(sizeOfItem(longestName, applied.state()))
                        .isGreaterThan(500)
                        .isLessThanOrEqualTo(1024));
    }

    /** Of an endpoint with 20,000 calls a minute of 100,000 tokens each, that costs 1,000,000 dollars a day. */
    private static long largest(Attribute attribute) {
        List<Attribute> moments = List.of(
                Attribute.REQUESTS,
                Attribute.TOKENS,
                Attribute.INPUT_TOKENS,
                Attribute.OUTPUT_TOKENS,
                Attribute.ROLLING_DAY,
                Attribute.HOLD,
                Attribute.OPEN_UNTIL,
                Attribute.PROBE_UNTIL,
                Attribute.RETRIES,
                Attribute.RECOVERED_AT,
                Attribute.KEY_VERSION,
                Attribute.P95_AT);
        List<Attribute> tokensOfYears = List.of(Attribute.TOTAL_INPUT_TOKENS, Attribute.TOTAL_OUTPUT_TOKENS);
        Predicate<WindowSlot> isTokensOfSlot = slot -> List.of(
                slot.admittedInput(), slot.admittedOutput(), slot.outputTokens())
                .contains(attribute);
        if (moments.contains(attribute)) {
            return 1_899_999_999_999_999_999L;
        }
        if (tokensOfYears.contains(attribute)) {
            return 9_999_999_999_999_999L;
        }
        if (attribute.equals(Attribute.SPEND)) {
            return 999_999_999_999_999L;
        }
        if (Attribute.WINDOW.stream().anyMatch(isTokensOfSlot)) {
            return 1_999_999_999L;
        }
        if (Attribute.WINDOW.stream().anyMatch(slot -> slot.epoch().equals(attribute))) {
            return 69_999_999L;
        }
        if (Attribute.WINDOW.stream().anyMatch(slot -> slot.counters().contains(attribute))) {
            return 19_999L;
        }
        return 99_999_999_999L;
    }

    /** As DynamoDB counts: names and strings by their UTF-8 bytes, a number by a byte for two digits and one more. */
    private static int sizeOfItem(String endpoint, EndpointState state) {
        int size = utf8("pk") + utf8("EP#" + endpoint) + utf8("sk") + utf8("state");
        for (Map.Entry<Attribute, Long> entry : state.values().entrySet()) {
            int digits = BigDecimal.valueOf(entry.getValue()).stripTrailingZeros().precision();
            size += utf8(entry.getKey().name()) + Math.ceilDiv(digits, 2) + 1;
        }
        return size;
    }

    private static int utf8(String text) {
        return text.getBytes(UTF_8).length;
    }

    private void given(Map<Attribute, Long> item) {
        given(endpoint, item);
    }

    private void given(String name, Map<Attribute, Long> item) {
        ConditionalUpdate.Builder update = ConditionalUpdate.builder();
        item.forEach(update::put);
        assertThat(store().update(name, update.build())).isInstanceOf(Applied.class);
    }

    private EndpointState read() {
        return store().read(List.of(endpoint)).get(endpoint);
    }

    private static EndpointState state(Attribute attribute, long value) {
        return new EndpointState(Map.of(attribute, value));
    }

    private static ConditionalUpdate put(Attribute attribute, long value) {
        return ConditionalUpdate.builder().put(attribute, value).build();
    }

    /** An update that leaves its mark on {@link #B}. */
    private static ConditionalUpdate guarded(Guard guard) {
        return ConditionalUpdate.builder().guard(guard).put(B, 1).build();
    }
}
