package ailb.api;

import ailb.protocol.error.ApiError;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The page of a list that the query string asks for with {@code limit} and {@code after}. */
sealed interface Paging {

    /** @param after as in the query string */
    record Page(int limit, Optional<String> after) implements Paging {}

    record Refused(ApiError error) implements Paging {}

    /**
     * @param usual the default limit
     * @param most the maximum limit
     * @param mark the pattern of {@code after}
     * @param rule the pattern in words, to follow "must be"
     */
    static Paging read(String query, int usual, int most, Pattern mark, String rule) {
        Optional<String> limit = parameter(query, "limit");
        if (limit.isPresent() && !isUpTo(most, limit.get())) {
            return new Refused(
                    ApiError.invalidRequest("'limit' must be a whole number from 1 to " + most + ".", "limit"));
        }
        Optional<String> after = parameter(query, "after");
        if (after.isPresent() && !mark.matcher(after.get()).matches()) {
            return new Refused(ApiError.invalidRequest("'after' must be " + rule + ".", "after"));
        }
        return new Page(limit.map(Integer::parseInt).orElse(usual), after);
    }

    private static boolean isUpTo(int most, String number) {
        return number.matches("[0-9]{1,6}") && Integer.parseInt(number) >= 1 && Integer.parseInt(number) <= most;
    }

    /** Not decoded: numbers and ids need no encoding. The first of repeated parameters counts. */
    private static Optional<String> parameter(String query, String name) {
        Matcher matcher = Pattern.compile("(?:^|&)" + Pattern.quote(name) + "=([^&]*)").matcher(query);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
