package ailb.settings;

import static java.util.stream.Collectors.joining;

import ailb.settings.ParsedValue.Bad;
import ailb.settings.ParsedValue.Good;
import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A rule for a value of the file.
 *
 * @param wanted the rule in words, to follow "must be"
 */
record Rule<T>(String wanted, Function<JsonNode, ParsedValue<T>> reader) {

    static final Rule<String> NAME = text("1 to 64 letters, digits, dots, dashes and underscores", Rule::isName);

    static final Rule<String> MODEL =
            text("a text of 1 to 256 characters, not blank and without control characters", Rule::isModel);

    static final Rule<Boolean> FLAG = of(
            "true or false", value -> value.isBoolean() ? Optional.of(value.booleanValue()) : Optional.empty());

    private static final Pattern NAME_PATTERN = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /** A rule with the standard error: "must be this, not that". */
    static <T> Rule<T> of(String wanted, Function<JsonNode, Optional<T>> read) {
        return new Rule<>(wanted, value -> read.apply(value)
                .<ParsedValue<T>>map(Good::new)
                .orElseGet(() -> new Bad<>("must be " + wanted + ", not " + RedactedValue.of(value))));
    }

    static Rule<Double> number(double least, double most) {
        return of("a number from " + plain(least) + " to " + plain(most), value -> between(value, least, most));
    }

    static Rule<Double> numberAboveZero(double most) {
        return of(
                "a number above 0 and at most " + plain(most),
                value -> between(value, Double.MIN_VALUE, most));
    }

    static Rule<Long> whole(long least, long most) {
        return of("a whole number from " + least + " to " + most, value -> wholeBetween(value, least, most));
    }

    static <E extends Enum<E>> Rule<E> oneOf(Class<E> type) {
        E[] constants = type.getEnumConstants();
        String words = Arrays.stream(constants).map(e -> '"' + word(e) + '"').collect(joining(", "));
        return of("one of " + words, value -> Arrays.stream(constants)
                .filter(constant -> word(constant).equals(value.textValue()))
                .findFirst());
    }

    /** A constant's name in the file. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static boolean isName(String text) {
        return NAME_PATTERN.matcher(text).matches();
    }

    /** The value as a whole number, if it is one within the range; 1e3 and 1000.0 count as whole. */
    static Optional<Long> wholeBetween(JsonNode value, long least, long most) {
        return between(value, (double) least, (double) most)
                .map(inRange -> value.decimalValue().stripTrailingZeros())
                .filter(stripped -> stripped.scale() <= 0)
                .map(BigDecimal::longValueExact);
    }

    ParsedValue<T> read(JsonNode value) {
        return reader.apply(value);
    }

    private static Optional<Double> between(JsonNode value, double least, double most) {
        if (!value.isNumber()) {
            return Optional.empty();
        }
        double number = value.decimalValue().doubleValue();
        return number >= least && number <= most ? Optional.of(number) : Optional.empty();
    }

    private static Rule<String> text(String wanted, Function<String, Boolean> accepts) {
        return of(wanted, value -> value.isTextual() && accepts.apply(value.textValue())
                ? Optional.of(value.textValue())
                : Optional.empty());
    }

    private static boolean isModel(String text) {
        return !text.isBlank() && text.length() <= 256 && text.chars().noneMatch(Character::isISOControl);
    }

    private static String plain(double number) {
        return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }
}
