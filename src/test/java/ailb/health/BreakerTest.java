package ailb.health;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.FailureClass;
import ailb.pool.Settings;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BreakerTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long NOW = 1_800_000_000L * SECOND;

    private final Breaker breaker =
            new Breaker(new Settings.Health(3, Duration.ofSeconds(60), Duration.ofMinutes(5)));
    private EndpointState state = EndpointState.EMPTY;

    @Test
    void theThirdFaultInARowOpensForAMinute() {
        fault();
        fault();
        assertThat(breaker.trip(state, FailureClass.SERVER, NOW)).isEmpty();

        fault();
        apply(breaker.trip(state, FailureClass.SERVER, NOW));

        assertThat(Breaker.opening(state)).contains(new Opening(FailureClass.SERVER, NOW + 60 * SECOND));
        assertThat(state.get(Attribute.GENERATION)).isEqualTo(1);
    }

    @Test
    void anAnswerInBetweenStartsTheCountAnew() {
        fault();
        fault();
        ConditionalUpdate.Builder settle = ConditionalUpdate.builder();
        Breaker.succeeded(settle);
        state = settle.build().applyTo(state);
        fault();

        assertThat(breaker.trip(state, FailureClass.SERVER, NOW)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = FailureClass.class,
            names = {"CREDENTIAL", "QUOTA", "MODEL"})
    void whatNeedsAPersonOpensAtOnceForFiveMinutes(FailureClass failure) {
        apply(breaker.trip(state, failure, NOW));

        assertThat(Breaker.opening(state)).contains(new Opening(failure, NOW + 300 * SECOND));
    }

    @ParameterizedTest
    @EnumSource(
            value = FailureClass.class,
            names = {"CALLER_FAULT", "RATE_LIMITED"})
    void whatIsNoFaultOfTheEndpointNeverOpens(FailureClass failure) {
        fault();
        fault();
        fault();

        assertThat(breaker.trip(state, failure, NOW)).isEmpty();
    }

    @Test
    void twoInstancesThatSeeTheSameFaultsOpenOnce() {
        fault();
        fault();
        fault();
        ConditionalUpdate first = breaker.trip(state, FailureClass.SERVER, NOW).orElseThrow();
        ConditionalUpdate second =
                breaker.trip(state, FailureClass.TIMEOUT, NOW + 5).orElseThrow();

        state = first.applyTo(state);

        assertThat(second.allowedBy(state)).isFalse();
    }

    @Test
    void anAnswerThatComesBeforeTheMovePreventsIt() {
        fault();
        fault();
        fault();
        ConditionalUpdate move = breaker.trip(state, FailureClass.SERVER, NOW).orElseThrow();
        ConditionalUpdate.Builder settle = ConditionalUpdate.builder();
        Breaker.succeeded(settle);
        state = settle.build().applyTo(state);

        assertThat(move.allowedBy(state)).isFalse();
    }

    @Test
    void anOpenBreakerDoesNotOpenAgain() {
        apply(breaker.trip(state, FailureClass.QUOTA, NOW));

        assertThat(breaker.trip(state, FailureClass.CREDENTIAL, NOW)).isEmpty();
    }

    @Test
    void anOpeningEndsWhenItsTimeHasComeAndNotBefore() {
        apply(breaker.trip(state, FailureClass.QUOTA, NOW));
        long end = NOW + 300 * SECOND;

        assertThat(Breaker.due(state, end - 1)).isEmpty();
        apply(Breaker.due(state, end));

        assertThat(Breaker.isClosed(state)).isTrue();
        assertThat(state.get(Attribute.GENERATION)).isEqualTo(2);
        assertThat(Breaker.due(state, end)).isEmpty();
    }

    @Test
    void theFaultsBeforeAnOpeningDoNotCountAfterIt() {
        fault();
        fault();
        fault();
        apply(breaker.trip(state, FailureClass.SERVER, NOW));
        apply(Breaker.due(state, NOW + 60 * SECOND));
        fault();

        assertThat(breaker.trip(state, FailureClass.SERVER, NOW + 61 * SECOND)).isEmpty();
    }

    @Test
    void anEndingDecidedOnAnOldViewDoesNotCloseALaterOpening() {
        apply(breaker.trip(state, FailureClass.QUOTA, NOW));
        ConditionalUpdate old = Breaker.due(state, NOW + 300 * SECOND).orElseThrow();
        apply(Breaker.due(state, NOW + 300 * SECOND));
        apply(breaker.trip(state, FailureClass.QUOTA, NOW + 301 * SECOND));

        assertThat(old.allowedBy(state)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(FailureClass.class)
    void everyReasonIsReadBackAsItWasWritten(FailureClass failure) {
        fault();
        fault();
        fault();

        Optional<ConditionalUpdate> move = breaker.trip(state, failure, NOW);

        move.ifPresent(update -> assertThat(
                Breaker.opening(update.applyTo(state)).orElseThrow().reason())
                .isEqualTo(failure));
    }

    /** Items outlive deployments: a number once stored must not change its meaning. */
    @Test
    void reasonsKeepTheirNumbers() {
        apply(breaker.trip(state, FailureClass.CREDENTIAL, NOW));

        assertThat(state.get(Attribute.REASON)).isEqualTo(4);
    }

    @Test
    void aReasonThatALaterVersionWroteIsStillAnOpening() {
        state = new EndpointState(Map.of(Attribute.BREAKER, 1L, Attribute.REASON, 99L, Attribute.OPEN_UNTIL, NOW));

        assertThat(Breaker.opening(state)).contains(new Opening(FailureClass.SERVER, NOW));
    }

    private void fault() {
        ConditionalUpdate.Builder settle = ConditionalUpdate.builder();
        Breaker.failed(settle);
        state = settle.build().applyTo(state);
    }

    private void apply(Optional<ConditionalUpdate> move) {
        assertThat(move).isPresent();
        assertThat(move.get().allowedBy(state)).isTrue();
        state = move.get().applyTo(state);
    }
}
