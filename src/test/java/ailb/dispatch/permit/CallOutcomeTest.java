package ailb.dispatch.permit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ailb.admission.Admission;
import ailb.admission.Demand;
import ailb.admission.Observation;
import ailb.health.Breaker;
import ailb.pool.Endpoint;
import ailb.pool.Endpoints;
import ailb.pool.FailureClass;
import ailb.pool.LimitKind;
import ailb.pool.Limits;
import ailb.pool.Pacing;
import ailb.pool.Settings;
import ailb.port.Deadline;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.Remaining;
import ailb.protocol.wire.Usage;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import ailb.state.WindowSlot;
import ailb.stats.Latency;
import ailb.stats.Window;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A bucket of 60,000 tokens a minute: a token is a millisecond. Every call was admitted on 1,000 + 1,000. */
class CallOutcomeTest {

    private static final long START = 1_795_000_020_000_000_000L;
    private static final long MILLI = 1_000_000;
    private static final Breaker BREAKER = new Breaker(Settings.DEFAULT.health());
    private static final Demand DEMAND = new Demand(1_000, 1_000);
    private static final Limits TOKENS =
            Endpoints.limits(Pacing.BUCKET, Map.of(LimitKind.TOKENS_PER_MINUTE, 60_000L));
    private static final Endpoint OPENAI = Endpoints.openAi("a", TOKENS);
    private static final Endpoint ANTHROPIC = Endpoints.anthropic("a", TOKENS);

    @Test
    void inputFromAnthropicsCacheDoesNotCountAgainstItsLimit() {
        Usage usage = new Usage(900, 100, 800, 0);

        assertThat(tokens(recorded(ANTHROPIC, answer(usage)))).isEqualTo(200);
        assertThat(tokens(recorded(OPENAI, answer(usage)))).isEqualTo(1_000);
    }

    @Test
    void withoutUsageWhatWasAdmittedStands() {
        assertThat(tokens(recorded(OPENAI, answer(null)))).isEqualTo(2_000);
    }

    @ParameterizedTest
    @CsvSource({
        "CALLER_FAULT, 0", "QUOTA, 0", "OVERLOADED, 0", "CREDENTIAL, 0", "MODEL, 0",
        "SERVER, 2000", "TRANSPORT, 2000", "TIMEOUT, 2000",
    })
    void aProviderThatRefusedToWorkTookNoTokens(FailureClass failure, long tokens) {
        assertThat(tokens(recorded(OPENAI, failed(failure, Optional.empty(), List.of())))).isEqualTo(tokens);
    }

    @Test
    void whatHeadersSayIsLeftIsHeededOfAnswersAndFailuresAlike() {
        List<Remaining> left = List.of(left(40_000), left(10_000), left(20_000));

        assertThat(tokens(recorded(OPENAI, new ProviderReply.Answer(new byte[0], null, left)))).isEqualTo(50_000);
        assertThat(tokens(recorded(OPENAI, failed(FailureClass.SERVER, Optional.empty(), left)))).isEqualTo(50_000);
    }

    @Test
    void aRefusalForOneLimitFillsThatOneOnly() {
        Endpoint endpoint = Endpoints.openAi("a", Endpoints.limits(Pacing.BUCKET, Map.of(
                LimitKind.REQUESTS_PER_MINUTE, 60L, LimitKind.TOKENS_PER_MINUTE, 60_000L)));

        EndpointState state = recorded(endpoint, failed(
                FailureClass.RATE_LIMITED, Optional.of(LimitKind.TOKENS_PER_MINUTE), List.of()));

        assertThat(tokens(state)).isEqualTo(60_000 + 20_000);
        assertThat(state.get(Attribute.REQUESTS)).isEqualTo(START + 1_000 * MILLI);
    }

    @Test
    void anAnswerIsCountedInTheWindow() {
        Window window = Window.of(recorded(OPENAI, answer(new Usage(900, 256, 0, 0))), START);

        assertThat(window.sum(WindowSlot::calls)).isEqualTo(1);
        assertThat(window.sum(WindowSlot::failures)).isZero();
        assertThat(window.sum(WindowSlot::successes)).isEqualTo(1);
        assertThat(window.sum(WindowSlot::outputTokens)).isEqualTo(256);
        assertThat(window.sum(Latency.bucket(2e9))).isEqualTo(1);
    }

    @Test
    void withoutUsageTheOutputThatWasExpectedIsCounted() {
        assertThat(Window.of(recorded(OPENAI, answer(null)), START).sum(WindowSlot::outputTokens)).isEqualTo(1_000);
    }

    /** 2 s for 256 tokens each time: the bucket up to 100 x 1.25^14 ms. The tenth is the first to tell, in the same write. */
    @Test
    void theTenthAnswerLeavesTheP95() {
        EndpointState state = EndpointState.EMPTY;
        for (int answer = 1; answer <= 9; answer++) {
            state = recorded(OPENAI, answer(new Usage(900, 256, 0, 0)), state);
        }
        assertThat(state.has(Attribute.P95)).isFalse();

        state = recorded(OPENAI, answer(new Usage(900, 256, 0, 0)), state);

        assertThat(state.get(Attribute.P95)).isCloseTo(2_273_736_754L, within(1L));
        assertThat(state.get(Attribute.P95_AT)).isEqualTo(START);
    }

    /** 2 s for 1,216 tokens and the lead of 64 are 0.5 s for 256 and the lead: the bucket up to 100 x 1.25^8 ms. */
    @Test
    void latencyIsCountedByTheLengthOfTheAnswer() {
        Window window = Window.of(recorded(OPENAI, answer(new Usage(900, 1216, 0, 0))), START);

        assertThat(window.sum(Latency.bucket(0.5e9))).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "CALLER_FAULT, 0", "RATE_LIMITED, 0", "QUOTA, 0", "CREDENTIAL, 0", "MODEL, 0",
        "OVERLOADED, 1", "SERVER, 1", "TRANSPORT, 1", "TIMEOUT, 1",
    })
    void onlyFaultsOfTheEndpointAreCountedInTheWindow(FailureClass failure, long counted) {
        Window window = Window.of(recorded(OPENAI, failed(failure, Optional.empty(), List.of())), START);

        assertThat(window.sum(WindowSlot::calls)).isEqualTo((double) counted);
        assertThat(window.sum(WindowSlot::failures)).isEqualTo((double) counted);
        assertThat(window.sum(WindowSlot::successes)).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "CALLER_FAULT, false", "RATE_LIMITED, false", "QUOTA, false", "CREDENTIAL, false", "MODEL, false",
        "OVERLOADED, true", "SERVER, true", "TRANSPORT, true", "TIMEOUT, true",
    })
    void onlyFaultsOfTheEndpointRaiseTheFaultLevel(FailureClass failure, boolean raises) {
        EndpointState recorded = recorded(OPENAI, failed(failure, Optional.empty(), List.of()));

        assertThat(recorded.has(Attribute.FAULT_LEVEL)).isEqualTo(raises);
        assertThat(recorded.get(Attribute.CONSECUTIVE_FAILURES)).isEqualTo(raises ? 1 : 0);
    }

    /** It takes no guard on what other reports write, so that none of them can be in its way. */
    @Test
    void aFaultReportedSimplyCountsInARowAndInTheWindowOnly() {
        CallOutcome fault = outcome(
                OPENAI, EndpointState.EMPTY, failed(FailureClass.SERVER, Optional.empty(), List.of()));

        ConditionalUpdate update = together(fault).update(BREAKER, EndpointState.EMPTY, START, true);

        assertThat(update.guards())
                .extracting(guard -> guard.attribute())
                .doesNotContain(Attribute.FAULT_LEVEL, Attribute.TOTAL_REQUESTS);
        EndpointState recorded = update.applyTo(EndpointState.EMPTY);
        assertThat(recorded.has(Attribute.FAULT_LEVEL)).isFalse();
        assertThat(recorded.get(Attribute.CONSECUTIVE_FAILURES)).isEqualTo(1);
        assertThat(Window.of(recorded, START).sum(WindowSlot::failures)).isEqualTo(1);
    }

    @Test
    void aFaultThatTellsNothingOfTheEndpointCountsNowhere() {
        CallOutcome told = outcome(
                OPENAI, EndpointState.EMPTY, failed(FailureClass.TIMEOUT, Optional.empty(), List.of()));
        CallOutcome fault = new CallOutcome(
                told.permit(), told.admission(), told.reply(), told.nanos(), told.headAt(), told.retryAfter(), true,
                Deadline.NONE);

        EndpointState recorded = together(fault).update(BREAKER, EndpointState.EMPTY, START, false)
                .applyTo(EndpointState.EMPTY);

        assertThat(recorded).isEqualTo(new EndpointState(Map.of(Attribute.TOTAL_REQUESTS, 1L)));
    }

    @Test
    void aLateFaultChangesNothingOfTheEndpointsHealth() {
        CallOutcome fault = outcome(
                OPENAI, EndpointState.EMPTY, failed(FailureClass.SERVER, Optional.empty(), List.of()));
        EndpointState moved = new EndpointState(Map.of(Attribute.GENERATION, 1L));

        assertThat(together(fault).isCurrent(moved)).isFalse();
        assertThat(together(fault).update(BREAKER, moved, START, false).allowedBy(moved)).isFalse();
        assertThat(together(fault).lateUpdate(moved, START).applyTo(moved)).isEqualTo(new EndpointState(Map.of(
                Attribute.GENERATION, 1L, Attribute.TOTAL_REQUESTS, 1L, Attribute.TOTAL_FAILURES, 1L)));
    }

    /** Three of them, admitted on 2,000 each: 150 + 250 + 350 tokens taken, the rest given back. */
    @Test
    void severalAnswersAreReportedByOneWriteThatCountsThemAll() {
        ConditionalUpdate.Builder take = ConditionalUpdate.builder().add(Attribute.TOTAL_REQUESTS, 0);
        Admission admission = new Admission(OPENAI.limits());
        admission.take(
                take, new Observation(EndpointState.EMPTY, 0, 0), List.of(DEMAND, DEMAND, DEMAND), START, START);
        EndpointState admitted = take.build().applyTo(EndpointState.EMPTY);
        OutcomeUpdate together = together(
                outcome(OPENAI, admitted, answer(new Usage(100, 50, 0, 0))),
                outcome(OPENAI, admitted, answer(new Usage(200, 50, 0, 0))),
                outcome(OPENAI, admitted, answer(new Usage(300, 50, 0, 0))));

        EndpointState recorded = together.update(BREAKER, admitted, START, false).applyTo(admitted);

        assertThat(tokens(recorded)).isEqualTo(750);
        assertThat(recorded.get(Attribute.TOTAL_REQUESTS)).isEqualTo(3);
        assertThat(recorded.get(Attribute.TOTAL_INPUT_TOKENS)).isEqualTo(600);
        assertThat(recorded.get(Attribute.TOTAL_OUTPUT_TOKENS)).isEqualTo(150);
        Window window = Window.of(recorded, START);
        assertThat(window.sum(WindowSlot::successes)).isEqualTo(3);
        assertThat(window.sum(WindowSlot::outputTokens)).isEqualTo(150);
        // 2 s for 50 tokens are 5.6 s for 256, and 100 ms x 1.25^19 is 6.9 s.
        assertThat(window.sum(slot -> slot.latencies().get(19))).isEqualTo(3);
    }

    private static EndpointState recorded(Endpoint endpoint, ProviderReply reply) {
        return recorded(endpoint, reply, EndpointState.EMPTY);
    }

    private static EndpointState recorded(Endpoint endpoint, ProviderReply reply, EndpointState before) {
        Admission admission = new Admission(endpoint.limits());
        ConditionalUpdate.Builder take = ConditionalUpdate.builder().add(Attribute.TOTAL_REQUESTS, 0);
        admission.take(take, new Observation(before, 0, 0), List.of(DEMAND), START, START);
        EndpointState admitted = take.build().applyTo(before);
        ConditionalUpdate update =
                together(outcome(endpoint, admitted, reply)).update(BREAKER, admitted, START, false);
        assertThat(update.allowedBy(admitted)).isTrue();
        return update.applyTo(admitted);
    }

    private static OutcomeUpdate together(CallOutcome... calls) {
        return new OutcomeUpdate(List.of(calls));
    }

    private static CallOutcome outcome(Endpoint endpoint, EndpointState admitted, ProviderReply reply) {
        return new CallOutcome(
                new Permit(endpoint, DEMAND, admitted, Breaker.Access.NORMAL, START),
                new Admission(endpoint.limits()),
                reply,
                2_000 * MILLI,
                START,
                reply instanceof ProviderReply.Failure failure && failure.failure() == FailureClass.RATE_LIMITED
                        ? OptionalLong.of(Duration.ofSeconds(20).toNanos())
                        : OptionalLong.empty(),
                false,
                Deadline.NONE);
    }

    private static long tokens(EndpointState state) {
        return (state.get(Attribute.TOKENS) - START) / MILLI;
    }

    private static ProviderReply answer(@Nullable Usage usage) {
        return new ProviderReply.Answer(new byte[0], usage, List.of());
    }

    private static ProviderReply failed(FailureClass failure, Optional<LimitKind> limit, List<Remaining> left) {
        return new ProviderReply.Failure(failure, 0, new byte[0], "", true, Optional.empty(), limit, left);
    }

    private static Remaining left(long tokens) {
        return new Remaining(LimitKind.TOKENS_PER_MINUTE, tokens, OptionalLong.empty(), Optional.empty());
    }
}
