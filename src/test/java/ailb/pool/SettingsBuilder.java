package ailb.pool;

import ailb.pool.Settings.Backoff;
import ailb.pool.Settings.Cost;
import ailb.pool.Settings.Health;
import ailb.pool.Settings.Retries;
import ailb.pool.Settings.Routing;
import java.time.Duration;
import java.util.OptionalDouble;

/** Builds settings for tests: those of {@link Settings#DEFAULT}, unless it is told otherwise. */
public final class SettingsBuilder {

    private static final Retries RETRIES = Settings.DEFAULT.retries();
    private static final Health HEALTH = Settings.DEFAULT.health();
    private static final Routing ROUTING = Settings.DEFAULT.routing();

    private int maxAttempts = RETRIES.maxAttempts();
    private Duration attemptCap = RETRIES.attemptCap();
    private int consecutiveErrors = HEALTH.consecutiveErrors();
    private int hardConsecutiveErrors = HEALTH.hardConsecutiveErrors();
    private int minimumCalls = HEALTH.minimumCalls();
    private double suspectErrorRate = HEALTH.suspectErrorRate();
    private double errorRate = HEALTH.errorRate();
    private Duration openFor = HEALTH.openFor();
    private Backoff backoff = HEALTH.backoff();
    private Duration openCap = HEALTH.openCap();
    private Duration openForPerson = HEALTH.openForPerson();
    private Duration maxWait = ROUTING.maxWait();
    private Duration retryAfterCap = ROUTING.retryAfterCap();
    private boolean latency = ROUTING.latency();
    private double localShare = ROUTING.localShare();
    private OptionalDouble budget = ROUTING.cost().budget();
    private BudgetPolicy atBudget = ROUTING.cost().atBudget();
    private double costExponent = ROUTING.cost().exponent();

    public SettingsBuilder maxAttempts(int value) {
        maxAttempts = value;
        return this;
    }

    public SettingsBuilder attemptCap(Duration value) {
        attemptCap = value;
        return this;
    }

    public SettingsBuilder consecutiveErrors(int value) {
        consecutiveErrors = value;
        return this;
    }

    public SettingsBuilder hardConsecutiveErrors(int value) {
        hardConsecutiveErrors = value;
        return this;
    }

    public SettingsBuilder minimumCalls(int value) {
        minimumCalls = value;
        return this;
    }

    public SettingsBuilder suspectErrorRate(double value) {
        suspectErrorRate = value;
        return this;
    }

    public SettingsBuilder errorRate(double value) {
        errorRate = value;
        return this;
    }

    public SettingsBuilder openFor(Duration value) {
        openFor = value;
        return this;
    }

    public SettingsBuilder backoff(Backoff value) {
        backoff = value;
        return this;
    }

    public SettingsBuilder openCap(Duration value) {
        openCap = value;
        return this;
    }

    public SettingsBuilder openForPerson(Duration value) {
        openForPerson = value;
        return this;
    }

    public SettingsBuilder maxWait(Duration value) {
        maxWait = value;
        return this;
    }

    public SettingsBuilder retryAfterCap(Duration value) {
        retryAfterCap = value;
        return this;
    }

    public SettingsBuilder latency(boolean value) {
        latency = value;
        return this;
    }

    public SettingsBuilder localShare(double value) {
        localShare = value;
        return this;
    }

    /** US dollars of a day. */
    public SettingsBuilder budget(double value) {
        budget = OptionalDouble.of(value);
        return this;
    }

    public SettingsBuilder atBudget(BudgetPolicy value) {
        atBudget = value;
        return this;
    }

    public SettingsBuilder costExponent(double value) {
        costExponent = value;
        return this;
    }

    public Health health() {
        return new Health(
                consecutiveErrors, hardConsecutiveErrors, minimumCalls, suspectErrorRate, errorRate, openFor, backoff,
                openCap, openForPerson);
    }

    public Cost cost() {
        return new Cost(budget, atBudget, costExponent);
    }

    public Settings build() {
        return new Settings(
                new Retries(maxAttempts, attemptCap),
                health(),
                new Routing(maxWait, retryAfterCap, latency, localShare, cost()),
                Settings.DEFAULT.batches());
    }
}
