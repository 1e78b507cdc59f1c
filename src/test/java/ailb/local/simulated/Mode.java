package ailb.local.simulated;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** How a simulated provider behaves. */
public enum Mode {
    OK,
    /** 500. */
    FAIL,
    /** OpenAI's 503, Anthropic's 529. */
    OVERLOADED,
    /** No answer. */
    HANG,
    /** The answer, five seconds late. */
    SLOW,
    /** 401, whatever the key. */
    UNAUTHORIZED,
    /** 200, and a body that is cut off. */
    GARBAGE,
    /** A stream that ends in the middle; answers that are none are whole. */
    BREAK_OFF,
    /** 429 with a Retry-After of five seconds. */
    RATE_LIMITED;

    /** As it is written in JSON. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Mode> of(String word) {
        return Arrays.stream(values()).filter(mode -> mode.word().equals(word)).findFirst();
    }

    static String words() {
        return Arrays.stream(values()).map(Mode::word).collect(Collectors.joining(", "));
    }
}
