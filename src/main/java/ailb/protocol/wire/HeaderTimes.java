package ailb.protocol.wire;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads and writes times in headers, in the formats of the providers. A time that cannot be read is empty; nothing
 * throws.
 */
public final class HeaderTimes {

    /** A longer time is a provider's mistake and could overflow later. */
    private static final Duration LONGEST = Duration.ofDays(366);

    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final Pattern NUMBER = Pattern.compile("\\d{1,12}(?:\\.\\d{1,20})?");
    private static final Pattern TERM = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,20})?)(ms|s|m|h|d)");
    private static final Map<String, Long> NANOS = Map.of(
            "ms", NANOS_PER_MILLI,
            "s", NANOS_PER_SECOND,
            "m", 60 * NANOS_PER_SECOND,
            "h", 3_600 * NANOS_PER_SECOND,
            "d", 86_400 * NANOS_PER_SECOND);

    private HeaderTimes() {}

    /**
     * The wait that the provider asks for: {@code retry-after-ms}, else {@code retry-after} in seconds, else
     * {@code retry-after} as a date. The official SDKs use this order.
     */
    public static Optional<Duration> retryAfter(Headers headers, Instant now) {
        return headers.get("retry-after-ms")
                .flatMap(text -> number(text, "ms"))
                .or(() -> headers.get("retry-after").flatMap(text -> number(text, "s")))
                .or(() -> headers.get("retry-after").flatMap(text -> date(text, now)));
    }

    /** OpenAI's durations: {@code 20ms}, {@code 8.64s}, {@code 6m0s}. */
    static Optional<Duration> duration(String text) {
        String terms = text.strip();
        Matcher term = TERM.matcher(terms);
        BigDecimal nanos = BigDecimal.ZERO;
        int end = 0;
        while (term.find() && term.start() == end) {
            nanos = nanos.add(nanos(term.group(1), term.group(2)));
            end = term.end();
        }
        return end > 0 && end == terms.length() ? ofNanos(nanos) : Optional.empty();
    }

    /** Time from {@code now} until an RFC 3339 time, such as {@code 2026-11-02T10:00:00Z}; zero where it has passed. */
    static Optional<Duration> until(String text, Instant now) {
        try {
            Duration wait = Duration.between(now, Instant.parse(text.strip()));
            return bounded(wait.isNegative() ? Duration.ZERO : wait);
        } catch (DateTimeParseException unreadable) {
            return Optional.empty();
        }
    }

    /** A duration as OpenAI writes it, rounded up to milliseconds: {@code 20ms}, {@code 8.64s}, {@code 6m0s}. */
    static String duration(Duration time) {
        long millis = Math.ceilDiv(time.toNanos(), NANOS_PER_MILLI);
        if (millis < 1000) {
            return millis + "ms";
        }
        String seconds = BigDecimal.valueOf(millis % 60_000, 3).stripTrailingZeros().toPlainString() + "s";
        long minutes = millis / 60_000;
        if (minutes == 0) {
            return seconds;
        }
        return (minutes < 60 ? "" : minutes / 60 + "h") + minutes % 60 + "m" + seconds;
    }

    /** A moment as Anthropic writes it, rounded up to seconds: {@code 2026-11-02T10:00:00Z}. */
    static String moment(Instant moment) {
        return moment.plusNanos(NANOS_PER_SECOND - 1).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static Optional<Duration> number(String text, String unit) {
        String number = text.strip();
        return NUMBER.matcher(number).matches() ? ofNanos(nanos(number, unit)) : Optional.empty();
    }

    private static Optional<Duration> date(String text, Instant now) {
        try {
            Instant date = ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            return bounded(Duration.between(now, date));
        } catch (DateTimeParseException unreadable) {
            return Optional.empty();
        }
    }

    private static BigDecimal nanos(String number, String unit) {
        return new BigDecimal(number).multiply(BigDecimal.valueOf(NANOS.getOrDefault(unit, 0L)));
    }

    private static Optional<Duration> ofNanos(BigDecimal nanos) {
        BigDecimal longest = BigDecimal.valueOf(LONGEST.toNanos());
        return nanos.compareTo(longest) > 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos.longValue()));
    }

    private static Optional<Duration> bounded(Duration wait) {
        return wait.isNegative() || wait.compareTo(LONGEST) > 0 ? Optional.empty() : Optional.of(wait);
    }
}
