package ailb.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.BudgetPolicy;
import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.Limits;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import ailb.pool.Price;
import ailb.pool.SettingsBuilder;
import ailb.state.Attribute;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A day on which there is more demand than money: four instances, whose views of the spend are up to a quarter of a
 * second old, and three endpoints at prices of 10 to 3 to 1.
 */
class BudgetDayTest extends DispatcherFixture {

    /** 2027-01-15T08:00:00Z. */
    private static final long START = 1_800_000_000_000_000_000L;

    private static final double BUDGET = 0.17;
    private static final int INSTANCES = 4;
    private static final Duration BETWEEN_CALLS = Duration.ofNanos(1_000_000_000 / 15);

    /** Twice the demand each, so that it is prices and not limits that decide. */
    private static final Limits ROOM = Endpoints.requests(Pacing.SMOOTH, 1800);

    private static final List<String> NAMES = List.of("dear", "middle", "cheap");

    private final List<Dispatcher> instances = instances();

    /** The endpoints called while the share of the budget spent was 0 to 0.1, 0.1 to 0.2, ... */
    private final List<List<String>> callsByTenth =
            IntStream.range(0, 10).<List<String>>mapToObj(_ -> new ArrayList<>()).toList();

    @Test
    void theDearEndpointsDrainFirstTheBudgetIsKeptAndMidnightStartsAnew() throws InterruptedException {
        DispatchResult.Declined refusal = spendTheBudget();

        print();
        assertThat(spent() / BUDGET).isBetween(0.98, 1.02);
        assertThat(refusal.error().code()).isEqualTo("budget_exhausted");
        assertThatTheDearDrainedFirst();
        assertThatNothingIsCalledUntil(refusal.retryAfter().orElseThrow());
        assertThatAllAreCalledAlike();
    }

    private DispatchResult.Declined spendTheBudget() throws InterruptedException {
        for (int call = 0; call < 20_000; call++) {
            int tenth = Math.min(9, (int) (10 * spent() / BUDGET));
            switch (dispatch(call)) {
                case DispatchResult.Answered answered -> callsByTenth.get(tenth).add(answered.endpoint());
                case DispatchResult.Declined declined -> {
                    return declined;
                }
                case DispatchResult.PassedOn passed -> throw new AssertionError(passed);
                case DispatchResult.Streamed _,DispatchResult.HungUp _ -> throw new AssertionError("no stream");
            }
        }
        throw new AssertionError("the budget was not kept: " + spent());
    }

    /** Equal shares while half is left; each endpoint falls below a fifth the sooner, the dearer it is. */
    private void assertThatTheDearDrainedFirst() {
        List<String> untroubled =
                callsByTenth.subList(0, 5).stream().flatMap(List::stream).toList();
        assertThat(NAMES).allSatisfy(name -> assertThat(share(name, untroubled)).isBetween(0.28, 0.39));
        assertThat(firstTenthBelowAFifth("dear")).as("dear").isEqualTo(5);
        assertThat(firstTenthBelowAFifth("middle")).as("middle").isEqualTo(6);
        assertThat(firstTenthBelowAFifth("cheap")).as("cheap").isEqualTo(10);
        assertThat(share("cheap", callsByTenth.getLast())).isGreaterThan(0.7);
    }

    /** For docs: {@code ./mvnw -q test -Dtest=BudgetDayTest}. */
    private void print() {
        System.out.printf("budget %.2f USD, spent %.5f (%.2f %%)%n", BUDGET, spent(), 100 * spent() / BUDGET);
        for (int tenth = 0; tenth < 10; tenth++) {
            List<String> calls = callsByTenth.get(tenth);
            System.out.printf(
                    "%3d..%3d %% used: %4d calls, dear %4.1f %%, middle %4.1f %%, cheap %4.1f %%%n",
                    10 * tenth,
                    10 * tenth + 10,
                    calls.size(),
                    100 * share("dear", calls),
                    100 * share("middle", calls),
                    100 * share("cheap", calls));
        }
    }

    private int firstTenthBelowAFifth(String name) {
        int tenth = 0;
        while (tenth < 10 && share(name, callsByTenth.get(tenth)) >= 0.2) {
            tenth++;
        }
        return tenth;
    }

    private void assertThatNothingIsCalledUntil(Duration retryAfter) throws InterruptedException {
        long midnight = time.now() + retryAfter.toNanos();
        assertThat(midnight).isEqualTo(1_800_057_600_000_000_000L);
        double spent = spent();
        for (int call = 0; call < 100; call++) {
            assertThat(dispatch(call)).isInstanceOf(DispatchResult.Declined.class);
        }
        assertThat(spent()).isEqualTo(spent);
        time.pass(Duration.ofNanos(midnight - time.now()));
    }

    private void assertThatAllAreCalledAlike() throws InterruptedException {
        List<String> calls = new ArrayList<>();
        for (int call = 0; call < 600; call++) {
            assertThat(dispatch(call)).isInstanceOfSatisfying(
                    DispatchResult.Answered.class, answered -> calls.add(answered.endpoint()));
        }
        assertThat(NAMES).allSatisfy(name -> assertThat(share(name, calls)).isBetween(0.27, 0.4));
    }

    private DispatchResult dispatch(int call) throws InterruptedException {
        time.pass(BETWEEN_CALLS);
        return instances.get(call % INSTANCES).dispatch(request(), deadline(28));
    }

    /** US dollars, of one day: what the items say. */
    private double spent() {
        return store.read(NAMES).values().stream().mapToLong(state -> state.get(Attribute.SPEND)).sum() / 1e9;
    }

    private static double share(String name, List<String> calls) {
        return (double) Collections.frequency(calls, name) / calls.size();
    }

    private List<Dispatcher> instances() {
        Map<String, Price> prices =
                Map.of("dear", new Price(10, 10), "middle", new Price(3, 3), "cheap", new Price(1, 1));
        Endpoint[] endpoints = NAMES.stream()
                .map(name -> Endpoints.priced(name, prices.get(name), ROOM))
                .toArray(Endpoint[]::new);
        Pool pool =
                Endpoints.pool(new SettingsBuilder().budget(BUDGET).atBudget(BudgetPolicy.REFUSE).build(), endpoints);
        List<Dispatcher> made = new ArrayList<>();
        for (int i = 0; i < INSTANCES; i++) {
            made.add(dispatcher(pool));
        }
        return made;
    }
}
