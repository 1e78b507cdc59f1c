package ailb.local.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * What a model answers.
 *
 * @param thoughts what it thought before; may be empty
 * @param text may be empty
 * @param toolCalls functions to call; may be none
 */
record Said(String thoughts, String text, List<ToolCall> toolCalls) {

    static final Said NOTHING = of("");

    record ToolCall(String name, JsonNode arguments) {}

    static Said of(String text) {
        return new Said("", text, List.of());
    }

    static Said of(List<ToolCall> toolCalls) {
        return new Said("", "", toolCalls);
    }

    Said after(String thought) {
        return new Said(thought, text, toolCalls);
    }

    /** Characters the model has written for it. */
    long characters() {
        return thoughts.length()
                + text.length()
                + toolCalls.stream()
                        .mapToLong(call -> call.name().length() + call.arguments().toString().length())
                        .sum();
    }

    /** The beginning of it. Half a call of a function is none. */
    Said cut(int most) {
        String left = thoughts.substring(0, Math.min(most, thoughts.length()));
        return new Said(left, text.substring(0, Math.min(most - left.length(), text.length())), List.of());
    }
}
