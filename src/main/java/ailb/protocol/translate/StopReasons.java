package ailb.protocol.translate;

/** Translates the reason why an answer ended between the protocols. */
public final class StopReasons {

    private StopReasons() {}

    /** Anthropic's {@code stop_reason} as OpenAI's {@code finish_reason}. */
    public static String toOpenAi(String stopReason) {
        return switch (stopReason) {
            case "max_tokens", "model_context_window_exceeded" -> "length";
            case "tool_use" -> "tool_calls";
            case "refusal" -> "content_filter";
            default -> "stop"; // end_turn, stop_sequence and unknown values
        };
    }

    /**
     * OpenAI's {@code finish_reason} as Anthropic's {@code stop_reason}. OpenAI's {@code stop} does not say whether a
     * stop sequence ended the answer.
     */
    public static String toAnthropic(String finishReason) {
        return switch (finishReason) {
            case "length" -> "max_tokens";
            case "tool_calls", "function_call" -> "tool_use";
            case "content_filter" -> "refusal";
            default -> "end_turn"; // stop, and values that only compatible providers use
        };
    }
}
