package ailb.dispatch.choice;

import ailb.admission.Demand;
import ailb.dispatch.permit.Priority;
import ailb.health.Breaker;
import ailb.pool.Settings;
import ailb.port.Deadline;
import ailb.port.TimeSource;
import ailb.state.Attribute;
import ailb.state.EndpointState;
import ailb.stats.Latency;
import ailb.stats.MeanAnswer;
import ailb.stats.Window;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** How much time there is for an attempt, and how much it needs. Nanoseconds. */
public final class TimeBudget {

    /** Kept back for recording the call and sending the answer. */
    static final long RESERVE = Duration.ofMillis(250).toNanos();

    /** What an attempt needs at an endpoint without known latency. */
    private static final long UNKNOWN_NEED = Duration.ofSeconds(1).toNanos();

    /** No attempt is cut off for slowness before this time: callers of an LLM would rather wait. */
    private static final double LEAST_ATTEMPT_CAP = Duration.ofSeconds(30).toNanos();

    /** Silence this long is a fault at an endpoint without known latency. */
    private static final double FAIR_WITHOUT_LATENCY = Duration.ofSeconds(10).toNanos();

    /** Tokens of an answer that an attempt leaves time for, where the caller names no bound. */
    private static final long LONG_ANSWER = 4096;

    private static final Duration AFTER_ATTEMPT = Duration.ofSeconds(5);

    private final Deadline deadline;
    private final TimeSource time;
    private final Settings settings;
    private final Priority priority;

    public TimeBudget(Deadline deadline, TimeSource time, Settings settings, Priority priority) {
        this.deadline = deadline;
        this.time = time;
        this.settings = settings;
        this.priority = priority;
    }

    public Deadline deadline() {
        return deadline;
    }

    /**
     * Time that may pass before an attempt starts; negative when it is too late. A retry, or a line of a batch, needs
     * at least an even chance to finish. A request's first call may start with less: it will never have more time,
     * while a line comes again (ADR 22).
     */
    public long spare(EndpointState state, Demand demand) {
        long usual = usualNeed(state, demand);
        boolean isFirst = priority == Priority.INTERACTIVE && !demand.retry();
        return deadline.remaining(time) - RESERVE - (isFirst ? Math.min(usual, UNKNOWN_NEED) : usual);
    }

    private long usualNeed(EndpointState state, Demand demand) {
        Window window = Window.of(state, time.now());
        OptionalDouble median = Latency.quantile(window, 0.5);
        return median.isPresent()
                ? (long) Latency.expected(median.getAsDouble(), usualOutput(window, demand))
                : UNKNOWN_NEED;
    }

    /** The tokens of a usual answer. max_tokens is only a bound, and mostly a generous one. */
    private static long usualOutput(Window window, Demand demand) {
        OptionalDouble mean = MeanAnswer.of(window);
        return mean.isPresent()
                ? Math.min(Math.round(mean.getAsDouble()), demand.outputTokens())
                : demand.outputTokens();
    }

    /**
     * How long an attempt may take; above 0. Goes by the caller's bound and not by the demand: the demand is that of a
     * usual answer, and a long answer would be cut off at every try.
     *
     * @param maxTokens the caller's bound on the answer
     */
    public Duration attempt(EndpointState state, Demand demand, OptionalLong maxTokens) {
        double cap = settings.retries().attemptCap().toNanos();
        OptionalDouble slow = slow(state);
        if (slow.isPresent()) {
            long longest = Math.max(demand.outputTokens(), maxTokens.orElse(LONG_ANSWER));
            cap = Math.min(cap, Math.max(LEAST_ATTEMPT_CAP, 2 * Latency.expected(slow.getAsDouble(), longest)));
        }
        return Duration.ofNanos(Math.max(1, Math.min((long) cap, left())));
    }

    private OptionalDouble slow(EndpointState state) {
        OptionalDouble slow = Latency.quantile(Window.of(state, time.now()), 0.95);
        // A probe keeps all other calls out, so the window is empty: the last known p95 counts.
        return slow.isEmpty() && !Breaker.isClosed(state) && state.has(Attribute.P95)
                ? OptionalDouble.of((double) state.get(Attribute.P95))
                : slow;
    }

    /** Nanoseconds until every call must have ended. A stream that flows gets all of them. */
    public long left() {
        return deadline.remaining(time) - RESERVE;
    }

    /** How long a probe keeps others from probing: the longest its attempt may take, and a few seconds to record it. */
    public Duration probeTime(EndpointState state, Demand demand, OptionalLong maxTokens) {
        return attempt(state, demand, maxTokens).plus(AFTER_ATTEMPT);
    }

    /**
     * Whether an attempt had as much time as a healthy endpoint needs for a usual answer. An attempt that the request's
     * own end cut shorter says nothing about the endpoint.
     */
    public boolean isFair(Duration attempt, EndpointState state, Demand demand) {
        Window window = Window.of(state, time.now());
        OptionalDouble slow = Latency.quantile(window, 0.95);
        double fair = slow.isPresent()
                ? Latency.expected(slow.getAsDouble(), usualOutput(window, demand))
                : FAIR_WITHOUT_LATENCY;
        return attempt.toNanos() >= fair;
    }
}
