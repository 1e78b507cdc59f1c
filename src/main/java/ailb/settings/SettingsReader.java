package ailb.settings;

import ailb.pool.BudgetPolicy;
import ailb.pool.Settings;
import ailb.pool.Settings.Backoff;
import ailb.pool.Settings.Batches;
import ailb.pool.Settings.Cost;
import ailb.pool.Settings.Health;
import ailb.pool.Settings.Retries;
import ailb.pool.Settings.Routing;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.function.BiFunction;

/**
 * Reads {@code retries}, {@code health}, {@code routing} and {@code batches}. {@link Settings#DEFAULT} has the
 * defaults.
 */
final class SettingsReader {

    private static final Rule<Long> MAX_WAIT_MS = Rule.whole(0, 60_000);
    private static final Rule<Long> AHEAD_MS = Rule.whole(0, 5000);
    private static final Rule<Double> SHARE = Rule.number(0, 1);
    private static final Rule<Backoff> BACKOFF = Rule.oneOf(Backoff.class);
    private static final Rule<Long> SECONDS = Rule.whole(1, 3600);

    private static final Rule<Double> BUDGET = Rule.numberAboveZero(1_000_000_000);
    private static final Rule<BudgetPolicy> AT_BUDGET = Rule.oneOf(BudgetPolicy.class);
    private static final Rule<Double> COST_EXPONENT = Rule.number(0, 8);

    private SettingsReader() {}

    static Settings read(Fields file) {
        return new Settings(
                section(file, "retries", Settings.DEFAULT.retries(), SettingsReader::retries),
                section(file, "health", Settings.DEFAULT.health(), SettingsReader::health),
                section(file, "routing", Settings.DEFAULT.routing(), SettingsReader::routing),
                section(file, "batches", Settings.DEFAULT.batches(), SettingsReader::batches));
    }

    /** A section of the file. {@code read} gets its fields and the default. */
    private static <T> T section(Fields file, String name, T byDefault, BiFunction<Fields, T, T> read) {
        return file.field(name)
                .flatMap(JsonField::fields)
                .map(fields -> {
                    T section = read.apply(fields, byDefault);
                    fields.refuseOthers();
                    return section;
                })
                .orElse(byDefault);
    }

    private static Retries retries(Fields fields, Retries byDefault) {
        return new Retries(
                count(fields, "max_attempts", 10, byDefault.maxAttempts()),
                seconds(fields, "attempt_cap_seconds", byDefault.attemptCap()));
    }

    private static Health health(Fields fields, Health byDefault) {
        int consecutive = count(fields, "consecutive_errors", 100, byDefault.consecutiveErrors());
        int hard = count(fields, "hard_consecutive_errors", 1000, byDefault.hardConsecutiveErrors());
        Duration open = seconds(fields, "open_seconds", byDefault.openFor());
        Duration cap = seconds(fields, "open_seconds_cap", byDefault.openCap());
        return new Health(
                consecutive,
                Math.max(hard, consecutive),
                count(fields, "minimum_calls", 10_000, byDefault.minimumCalls()),
                fields.orDefault("suspect_error_rate", SHARE, byDefault.suspectErrorRate()),
                fields.orDefault("error_rate", SHARE, byDefault.errorRate()),
                open,
                fields.orDefault("open_backoff", BACKOFF, byDefault.backoff()),
                cap.compareTo(open) < 0 ? open : cap,
                seconds(fields, "open_seconds_needing_a_person", byDefault.openForPerson()));
    }

    private static Routing routing(Fields fields, Routing byDefault) {
        return new Routing(
                Duration.ofMillis(fields.orDefault("max_wait_ms", MAX_WAIT_MS, byDefault.maxWait().toMillis())),
                seconds(fields, "retry_after_cap_seconds", byDefault.retryAfterCap()),
                fields.orDefault("latency", Rule.FLAG, byDefault.latency()),
                fields.orDefault("local_share", Rule.numberAboveZero(1), byDefault.localShare()),
                cost(fields, byDefault.cost()));
    }

    private static Cost cost(Fields fields, Cost byDefault) {
        return new Cost(
                fields.optional("budget_usd_per_day", BUDGET)
                        .map(OptionalDouble::of)
                        .orElse(byDefault.budget()),
                fields.orDefault("at_budget", AT_BUDGET, byDefault.atBudget()),
                fields.orDefault("cost_exponent", COST_EXPONENT, byDefault.exponent()));
    }

    private static Batches batches(Fields fields, Batches byDefault) {
        return new Batches(
                fields.orDefault("burst_share", Rule.numberAboveZero(1), byDefault.burstShare()),
                Duration.ofMillis(fields.orDefault("ahead_ms", AHEAD_MS, byDefault.ahead().toMillis())),
                count(fields, "lease", 100, byDefault.lease()),
                count(fields, "max_attempts", 100, byDefault.maxAttempts()));
    }

    private static int count(Fields fields, String name, int most, int byDefault) {
        return Math.toIntExact(fields.orDefault(name, Rule.whole(1, most), (long) byDefault));
    }

    private static Duration seconds(Fields fields, String name, Duration byDefault) {
        return Duration.ofSeconds(fields.orDefault(name, SECONDS, byDefault.toSeconds()));
    }
}
