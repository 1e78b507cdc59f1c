package ailb.api;

import ailb.protocol.error.ApiError;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which page of a list the query string asks for, with {@code limit} and {@code after}. */
sealed interface Paging {

    /** @param after as it was given */
    record Page(int limit, Optional<String> after) implements Paging {}

    record Refused(ApiError error) implements Paging {}

    /**
     * @param usual the limit where none is given
     * @param most the highest
     * @param mark what {@code after} must look like
     * @param rule the same in words, to be put after "must be"
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

    /** As it is written: neither numbers nor ids need an encoding. Of a repeated one the first counts. */
    private static Optional<String> parameter(String query, String name) {
        Matcher matcher = Pattern.compile("(?:^|&)" + Pattern.quote(name) + "=([^&]*)").matcher(query);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
