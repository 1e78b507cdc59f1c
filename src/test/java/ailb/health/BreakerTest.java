package ailb.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ailb.health.Breaker.Access;
import ailb.pool.FailureClass;
import ailb.pool.Settings;
import ailb.pool.SettingsBuilder;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BreakerTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long NOW = 1_800_000_000L * SECOND;
    private static final long KEY = 77;
    private static final Duration LEASE = Duration.ofSeconds(35);
    private static final Recent QUIET = new Recent(3, 3);
    private static final Recent BUSY = new Recent(1000, 30);
    private static final Settings.Health GROWING = new SettingsBuilder()
            .openFor(Duration.ofSeconds(15))
            .backoff(Settings.Backoff.EXPONENTIAL)
            .health();

    private final Breaker breaker = new Breaker(Settings.DEFAULT.health());
    private final RandomGenerator random = new Random(1);
    private EndpointState state = EndpointState.EMPTY;

    @Test
    void atLowTrafficTheThirdFaultInARowOpensForAMinute() {
        faults(2);
        assertThat(trip(FailureClass.SERVER, QUIET, NOW)).isEmpty();

        faults(1);
        apply(trip(FailureClass.SERVER, QUIET, NOW));

        assertThat(Breaker.opening(state)).contains(new Opening(FailureClass.SERVER, NOW + 60 * SECOND, false));
        assertThat(state.get(Attribute.GENERATION)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        // faults in a row, calls and failures of the window, whether it opens
        "3, 19, 3, true",
        "3, 20, 3, false",
        "3, 20, 4, true",
        "3, 1000, 199, false",
        "9, 1000, 100, false",
        "10, 1000, 100, true",
        "1, 20, 10, true",
        "1, 20, 9.9, false",
        "1, 19, 19, false",
    })
    void onABusyEndpointFaultsInARowCountOnlyWhereItFailsOften(
            int inARow, double calls, double failures, boolean opens) {
        faults(inARow);

        assertThat(trip(FailureClass.TIMEOUT, new Recent(calls, failures), NOW).isPresent())
                .isEqualTo(opens);
    }

    /** The fifteenth: 15 x 3 for the faults less 14 for the answers is above 30. */
    @Test
    void asManyAnswersAsFaultsDoNotKeepAnEndpointIn() {
        for (int i = 0; i < 14; i++) {
            faults(1);
            assertThat(trip(FailureClass.SERVER, BUSY, NOW)).isEmpty();
            succeed();
        }
        faults(1);
        Optional<ConditionalUpdate> move = trip(FailureClass.SERVER, BUSY, NOW);

        succeed();
        apply(move);
        assertThat(Breaker.isClosed(state)).isFalse();
    }

    @Test
    void tenInARowOpenWhateverIsRefusedForALimitInBetween() {
        for (int i = 0; i < 9; i++) {
            faults(1);
            assertThat(trip(FailureClass.SERVER, BUSY, NOW)).isEmpty();
            for (int j = 0; j < 5; j++) {
                state = report().build().applyTo(state);
            }
        }
        faults(1);

        assertThat(trip(FailureClass.SERVER, BUSY, NOW)).isPresent();
    }

    @Test
    void anAnswerThatComesBeforeTheMoveDoesNotPreventItWhereHalfOfTheCallsFailed() {
        faults(1);
        Optional<ConditionalUpdate> move = trip(FailureClass.SERVER, new Recent(20, 10), NOW);

        succeed();
        apply(move);
    }

    @Test
    void anAnswerInBetweenStartsTheCountAnew() {
        faults(2);
        succeed();
        faults(1);

        assertThat(trip(FailureClass.SERVER, QUIET, NOW)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = FailureClass.class,
            names = {"CREDENTIAL", "QUOTA", "MODEL"})
    void whatNeedsAPersonOpensAtOnceForFiveMinutes(FailureClass failure) {
        apply(trip(failure, QUIET, NOW));

        assertThat(Breaker.opening(state)).contains(new Opening(failure, NOW + 300 * SECOND, false));
    }

    @Test
    void whatNeedsAPersonStaysOutTwiceAsLongEachTimeUpToAnHour() {
        apply(trip(FailureClass.QUOTA, QUIET, NOW));
        long now = NOW;
        for (long minutes : List.of(10, 20, 40, 60, 60)) {
            now = state.get(Attribute.OPEN_UNTIL);
            probe(now);
            apply(verdict(Optional.of(FailureClass.QUOTA), false, now));
            assertThat(state.get(Attribute.OPEN_UNTIL) - now).isEqualTo(minutes * 60 * SECOND);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = FailureClass.class,
            names = {"CALLER_FAULT", "RATE_LIMITED"})
    void whatIsNoFaultOfTheEndpointNeverOpens(FailureClass failure) {
        faults(12);

        assertThat(trip(failure, new Recent(100, 100), NOW)).isEmpty();
    }

    @Test
    void twoInstancesThatSeeTheSameFaultsOpenOnce() {
        faults(3);
        ConditionalUpdate first = trip(FailureClass.SERVER, QUIET, NOW).orElseThrow();
        ConditionalUpdate second = trip(FailureClass.TIMEOUT, QUIET, NOW + 5).orElseThrow();

        state = first.applyTo(state);

        assertThat(second.allowedBy(state)).isFalse();
    }

    @Test
    void anAnswerThatComesBeforeTheMovePreventsIt() {
        faults(3);
        ConditionalUpdate move = trip(FailureClass.SERVER, QUIET, NOW).orElseThrow();
        succeed();

        assertThat(move.allowedBy(state)).isFalse();
    }

    @Test
    void anOpenBreakerDoesNotOpenAgain() {
        apply(trip(FailureClass.QUOTA, QUIET, NOW));

        assertThat(trip(FailureClass.CREDENTIAL, QUIET, NOW)).isEmpty();
    }

    @Test
    void aDueProbeIsLetThroughOnceInTheWholeFleet() {
        open(FailureClass.SERVER);
        long due = NOW + 60 * SECOND;
        assertThat(access(due - 1)).isNotEqualTo(Access.PROBE);
        assertThat(access(due)).isEqualTo(Access.PROBE);
        EndpointState seen = state;

        probe(due);

        assertThat(pass(seen, Access.PROBE, due + 1).allowedBy(state)).isFalse();
        assertThat(access(due + 1)).isEqualTo(Access.DENIED);
        assertThat(Breaker.opening(state).orElseThrow().halfOpen()).isTrue();
    }

    @Test
    void aProbeWhoseHolderDiedIsTakenOverAfterItsLease() {
        open(FailureClass.SERVER);
        long due = NOW + 60 * SECOND;
        probe(due);

        assertThat(access(due + 35 * SECOND - 1)).isEqualTo(Access.DENIED);
        assertThat(access(due + 35 * SECOND)).isEqualTo(Access.PROBE);
        EndpointState abandoned = state;
        probe(due + 35 * SECOND);

        assertThat(verdictOn(abandoned, Optional.empty(), false, due + 36 * SECOND).allowedBy(state))
                .as("the late verdict of the first probe")
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = FailureClass.class,
            names = {"CALLER_FAULT", "RATE_LIMITED"})
    void anyWordOfAWorkingEndpointClosesIt(FailureClass failure) {
        open(FailureClass.SERVER);
        probe(NOW + 60 * SECOND);

        apply(verdict(Optional.of(failure), false, NOW + 61 * SECOND));

        assertThat(Breaker.isClosed(state)).isTrue();
    }

    @Test
    void anAnsweredProbeClosesAndTheEndpointStartsSlowly() {
        open(FailureClass.SERVER);
        probe(NOW + 60 * SECOND);
        long closed = NOW + 61 * SECOND;
        apply(verdict(Optional.empty(), false, closed));

        assertThat(access(closed)).isEqualTo(Access.NORMAL);
        assertThat(state.get(Attribute.GENERATION)).isEqualTo(3);
        assertThat(state.get(Attribute.CONSECUTIVE_FAILURES)).isZero();
        assertThat(state.has(Attribute.FAULT_LEVEL)).isFalse();
        assertThat(SlowStart.share(state, closed)).isEqualTo(0.1);
        assertThat(SlowStart.share(state, closed + 15 * SECOND)).isCloseTo(0.55, within(1e-9));
        assertThat(SlowStart.share(state, closed + 40 * SECOND)).isEqualTo(1);
        assertThat(SlowStart.share(EndpointState.EMPTY, closed)).isEqualTo(1);
    }

    @Test
    void aFailedProbeOpensAgainForTheSameTime() {
        open(FailureClass.SERVER);
        long due = NOW + 60 * SECOND;
        probe(due);

        apply(verdict(Optional.of(FailureClass.TIMEOUT), false, due + SECOND));

        assertThat(Breaker.opening(state)).contains(new Opening(FailureClass.TIMEOUT, due + 61 * SECOND, false));
    }

    @Test
    void openingsGrowWhereTheyAreToldToWithChanceAndUpToTheCap() {
        Breaker growing = new Breaker(GROWING);
        faults(3);
        apply(growing.trip(state, FailureClass.SERVER, QUIET, KEY, NOW, random));
        long now = NOW;
        for (double seconds : List.of(15.0, 30.0, 60.0, 120.0, 120.0)) {
            double lasts = (state.get(Attribute.OPEN_UNTIL) - now) / 1e9;
            assertThat(lasts).isBetween(0.8 * seconds, 1.2 * seconds).isNotEqualTo(seconds);
            now = state.get(Attribute.OPEN_UNTIL);
            probe(now);
            ConditionalUpdate again =
                    growing.verdict(state, Optional.of(FailureClass.SERVER), false, KEY, now, random);
            apply(Optional.of(again));
        }
    }

    @Test
    void theHundredthOpeningIsNoLongerThanTheCap() {
        open(FailureClass.QUOTA);
        state = ConditionalUpdate.builder().put(Attribute.OPENINGS, 99).build().applyTo(state);
        probe(NOW + 300 * SECOND);

        apply(verdict(Optional.of(FailureClass.QUOTA), false, NOW + 300 * SECOND));

        assertThat(state.get(Attribute.OPEN_UNTIL) - NOW).isEqualTo((300 + 3600) * SECOND);
    }

    @Test
    void whatDoesNotNeedAPersonIsTheFirstOfItsRowAfterWhatDoes() {
        open(FailureClass.CREDENTIAL);
        state = ConditionalUpdate.builder().put(Attribute.OPENINGS, 5).build().applyTo(state);
        probe(NOW + 300 * SECOND);
        apply(verdict(Optional.empty(), false, NOW + 300 * SECOND));

        open(FailureClass.SERVER);

        assertThat(state.get(Attribute.OPENINGS)).isOne();
    }

    /** A key refused in the tenth minute of an outage has not been refused ten times. */
    @Test
    void whatNeedsAPersonIsTheFirstOfItsRowAfterWhatDoesNot() {
        state = new EndpointState(Map.of(Attribute.OPENINGS, 10L, Attribute.RECOVERED_AT, NOW));
        open(FailureClass.MODEL);
        assertThat(state.get(Attribute.OPEN_UNTIL) - NOW).as("closed").isEqualTo(300 * SECOND);

        state = new EndpointState(Map.of(Attribute.OPENINGS, 10L, Attribute.RECOVERED_AT, NOW));
        open(FailureClass.SERVER);
        long due = NOW + 60 * SECOND;
        probe(due);
        apply(verdict(Optional.of(FailureClass.CREDENTIAL), false, due));
        assertThat(state.get(Attribute.OPEN_UNTIL) - due).as("out").isEqualTo(300 * SECOND);
        assertThat(state.get(Attribute.OPENINGS)).isOne();
    }

    /** 15 s the first time and 30 s the second, give or take a fifth. */
    @ParameterizedTest
    @CsvSource({
        // seconds from recovery to the next fault, seconds it is out for
        "540, 30",
        "600, 30",
        "601, 15",
    })
    void anEndpointThatWasWellForTenMinutesOpensAsIfForTheFirstTime(long well, double out) {
        Breaker growing = new Breaker(GROWING);
        faults(3);
        apply(growing.trip(state, FailureClass.SERVER, QUIET, KEY, NOW, random));
        long due = NOW + 20 * SECOND;
        probe(due);
        apply(verdict(Optional.empty(), false, due));
        long again = due + well * SECOND;
        faults(3);

        apply(growing.trip(state, FailureClass.SERVER, QUIET, KEY, again, random));

        assertThat((state.get(Attribute.OPEN_UNTIL) - again) / 1e9).isBetween(0.8 * out, 1.2 * out);
    }

    @Test
    void anEarlyProbeThatFindsTheKeyRefusedOpensForFiveMinutesAsAFirstTime() {
        open(FailureClass.SERVER);
        long early = NOW + 2 * SECOND;
        state = pass(state, Access.EARLY_PROBE, early).applyTo(state);

        apply(verdict(Optional.of(FailureClass.CREDENTIAL), true, early + SECOND));

        assertThat(Breaker.opening(state))
                .contains(new Opening(FailureClass.CREDENTIAL, early + 301 * SECOND, false));
        assertThat(state.get(Attribute.OPENINGS)).isOne();
    }

    /** The lease of a probe that has ended keeps nobody out. */
    @Test
    void afterAFailedProbeAnEarlyOneIsAllowedAtOnce() {
        open(FailureClass.SERVER);
        long due = NOW + 60 * SECOND;
        probe(due);

        apply(verdict(Optional.of(FailureClass.SERVER), false, due + SECOND));

        assertThat(access(due + SECOND)).isEqualTo(Access.EARLY_PROBE);
    }

    @Test
    void anEarlyProbeIsAllowedOnceASecondAndItsFaultMakesTheOpeningNoLonger() {
        open(FailureClass.SERVER);
        long until = state.get(Attribute.OPEN_UNTIL);
        assertThat(access(NOW + SECOND)).isEqualTo(Access.EARLY_PROBE);
        state = pass(state, Access.EARLY_PROBE, NOW + SECOND).applyTo(state);

        apply(verdict(Optional.of(FailureClass.SERVER), true, NOW + 2 * SECOND));

        assertThat(state.get(Attribute.OPEN_UNTIL)).isEqualTo(until);
        assertThat(access(NOW + 3 * SECOND - 1)).isEqualTo(Access.DENIED);
        assertThat(access(NOW + 3 * SECOND)).isEqualTo(Access.EARLY_PROBE);
    }

    @ParameterizedTest
    @EnumSource(
            value = FailureClass.class,
            names = {"CREDENTIAL", "QUOTA", "MODEL"})
    void whatNeedsAPersonIsNotTriedEarly(FailureClass failure) {
        open(failure);

        assertThat(access(NOW + 299 * SECOND)).isEqualTo(Access.DENIED);
        assertThat(access(NOW + 300 * SECOND)).isEqualTo(Access.PROBE);
    }

    @Test
    void anotherKeyMayBeTriedAtOnceAfterAnOpeningForCredentials() {
        open(FailureClass.CREDENTIAL);

        assertThat(Breaker.isOutForAnotherKey(state, KEY)).isFalse();
        assertThat(Breaker.isOutForAnotherKey(state, KEY + 1)).isTrue();
        assertThat(Breaker.access(state, NOW + 1, true)).isEqualTo(Access.PROBE);
    }

    @Test
    void aProbeGivenBackCanBeMadeAtOnceByAnother() {
        open(FailureClass.SERVER);
        long due = NOW + 60 * SECOND;
        probe(due);

        apply(Optional.of(Breaker.abandon(state)));

        assertThat(access(due)).isEqualTo(Access.PROBE);
    }

    /** Else every call of the fleet would be a probe, one after the other, and make the opening longer. */
    @Test
    void anEarlyProbeGivenBackIsStillBeforeItsTime() {
        open(FailureClass.SERVER);
        state = pass(state, Access.EARLY_PROBE, NOW + SECOND).applyTo(state);

        apply(Optional.of(Breaker.abandon(state)));

        assertThat(access(NOW + 2 * SECOND)).isEqualTo(Access.EARLY_PROBE);
        assertThat(access(NOW + 60 * SECOND)).isEqualTo(Access.PROBE);
    }

    @Test
    void anEarlyProbeThatNeverEndedIsStillBeforeItsTime() {
        open(FailureClass.SERVER);
        state = pass(state, Access.EARLY_PROBE, NOW + SECOND).applyTo(state);

        assertThat(access(NOW + SECOND + LEASE.toNanos() - 1)).isEqualTo(Access.DENIED);
        assertThat(access(NOW + SECOND + LEASE.toNanos())).isEqualTo(Access.EARLY_PROBE);
    }

    @Test
    void aUsualCallIsKeptOutWhileNotClosed() {
        ConditionalUpdate usual = pass(state, Access.NORMAL, NOW);
        open(FailureClass.SERVER);

        assertThat(usual.allowedBy(state)).isFalse();
    }

    @Test
    void theFaultsBeforeAnOpeningDoNotCountAfterIt() {
        open(FailureClass.SERVER);
        probe(NOW + 60 * SECOND);
        apply(verdict(Optional.empty(), false, NOW + 61 * SECOND));
        faults(1);

        assertThat(trip(FailureClass.SERVER, QUIET, NOW + 62 * SECOND)).isEmpty();
    }

    /** Items outlive deployments: a number once stored must not change its meaning. */
    @Test
    void reasonsKeepTheirNumbers() {
        open(FailureClass.CREDENTIAL);

        assertThat(state.get(Attribute.REASON)).isEqualTo(4);
    }

    @Test
    void aReasonThatALaterVersionWroteIsStillAnOpening() {
        state = new EndpointState(Map.of(Attribute.BREAKER, 1L, Attribute.REASON, 99L, Attribute.OPEN_UNTIL, NOW));

        assertThat(Breaker.opening(state)).contains(new Opening(FailureClass.SERVER, NOW, false));
    }

    private void open(FailureClass failure) {
        faults(3);
        apply(trip(failure, QUIET, NOW));
    }

    private void faults(int count) {
        for (int i = 0; i < count; i++) {
            ConditionalUpdate.Builder outcome = report();
            Breaker.failed(outcome);
            breaker.raiseFaultLevel(outcome, state);
            state = outcome.build().applyTo(state);
        }
    }

    private void succeed() {
        ConditionalUpdate.Builder outcome = report();
        Breaker.succeeded(outcome);
        state = outcome.build().applyTo(state);
    }

    /** Every report counts its call. */
    private static ConditionalUpdate.Builder report() {
        return ConditionalUpdate.builder().add(Attribute.TOTAL_REQUESTS, 1);
    }

    private Optional<ConditionalUpdate> trip(FailureClass failure, Recent recent, long now) {
        return breaker.trip(state, failure, recent, KEY, now, random);
    }

    private Access access(long now) {
        return Breaker.access(state, now, false);
    }

    private static ConditionalUpdate pass(EndpointState seen, Access access, long now) {
        ConditionalUpdate.Builder admission = ConditionalUpdate.builder().add(Attribute.TOTAL_REQUESTS, 1);
        Breaker.pass(admission, seen, access, now, LEASE);
        return admission.build();
    }

    private void probe(long now) {
        apply(Optional.of(pass(state, Access.PROBE, now)));
    }

    private Optional<ConditionalUpdate> verdict(Optional<FailureClass> failure, boolean early, long now) {
        return Optional.of(verdictOn(state, failure, early, now));
    }

    private ConditionalUpdate verdictOn(
            EndpointState recorded, Optional<FailureClass> failure, boolean early, long now) {
        return breaker.verdict(recorded, failure, early, KEY, now, random);
    }

    private void apply(Optional<ConditionalUpdate> move) {
        assertThat(move).isPresent();
        assertThat(move.get().allowedBy(state)).isTrue();
        state = move.get().applyTo(state);
    }
}
