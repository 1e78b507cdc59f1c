package ailb.protocol.error;

import ailb.pool.FailureClass;
import ailb.pool.LimitKind;
import ailb.protocol.wire.Remaining;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Classifies refusals; all knowledge of the providers' errors is here. Messages are matched at their start where
 * possible: the rest may repeat the caller's text, and a caller must not be able to put an endpoint out of service.
 */
final class FailureClassifier {

    private static final Set<String> QUOTA =
            Set.of("insufficient_quota", "billing_not_active", "billing_hard_limit_reached", "billing_error");
    private static final Set<String> CONTENT = Set.of(
            "content_filter", "content_policy_violation", "image_content_policy_violation", "invalid_prompt",
            "cyber_policy", "bio_policy", ProviderError.MODERATION);
    private static final Set<String> MODEL = Set.of("model_not_found", "DeploymentNotFound");
    private static final Set<String> KEY =
            Set.of("API_KEY_INVALID", "invalid_api_key", "organization_restricted"); // Gemini, OpenAI, Groq

    /** The start of Anthropic's message, with 400 or 429, when the account has used up its budget. */
    private static final List<String> SPENT =
            List.of("your credit balance is too low", "you have reached your specified api usage limits");

    /** The start of the message of a 400 when the provider refuses the key or its account. */
    private static final List<String> KEY_REFUSED = List.of(
            "api key not valid", // Gemini
            "incorrect api key provided", // xAI
            "this organization has been disabled"); // Anthropic

    /** The start of the message when the prompt is too large for the model and no code says so. */
    private static final List<String> PROMPT_TOO_LONG = List.of(
            "prompt is too long", // Anthropic
            "input length and `max_tokens` exceed context limit", // Anthropic
            "this model's maximum context length", // vLLM
            "this endpoint's maximum context length", // OpenRouter
            "this model's maximum prompt length"); // xAI

    /**
     * Anthropic puts the name of an unknown field before this. The caller chose that name, so such a message is never
     * about the account.
     */
    private static final String UNKNOWN_FIELD = ": extra inputs are not permitted";

    /**
     * The start of the message of a 404 when the missing thing comes from the endpoint's settings, not from the caller.
     */
    private static final List<String> MODEL_MISSING = List.of(
            "model", // Anthropic "model: x", Gemini "models/x is not found", Ollama "model 'x' not found"
            "the model",
            "this model",
            "this is not a chat model",
            "the api deployment", // Azure
            "resource not found", // Azure, for a wrong base URL
            "not found", // Anthropic, for a wrong base URL
            "invalid url"); // OpenAI, for a wrong base URL

    private static final List<Map.Entry<String, LimitKind>> LIMIT_PHRASES = List.of(
            Map.entry("input tokens per min", LimitKind.INPUT_TOKENS_PER_MINUTE),
            Map.entry("output tokens per min", LimitKind.OUTPUT_TOKENS_PER_MINUTE),
            Map.entry("requests per day", LimitKind.REQUESTS_PER_DAY),
            Map.entry("requests per min", LimitKind.REQUESTS_PER_MINUTE),
            Map.entry("call rate limit", LimitKind.REQUESTS_PER_MINUTE), // Azure
            Map.entry("tokens per min", LimitKind.TOKENS_PER_MINUTE),
            Map.entry("token rate limit", LimitKind.TOKENS_PER_MINUTE)); // Azure

    private FailureClassifier() {}

    /**
     * The class of a refusal. A redirect means that the base URL is wrong, which needs a person, like a missing
     * deployment. Redirects are not followed, because the key would be sent along.
     *
     * @param status anything but 2xx
     */
    static FailureClass classify(int status, ProviderError error) {
        if (isQuota(status, error)) {
            return FailureClass.QUOTA;
        }
        if (status == 429) {
            return FailureClass.RATE_LIMITED;
        }
        if (status == 503 || status == 529 || error.says("overloaded_error")) {
            return FailureClass.OVERLOADED;
        }
        if (status == 408 || status >= 500 || isLock(status, error)) {
            return FailureClass.SERVER;
        }
        if (status < 300) {
            return FailureClass.TRANSPORT;
        }
        return classifyRefusal(status, error);
    }

    private static FailureClass classifyRefusal(int status, ProviderError error) {
        if (isContent(error)) {
            return FailureClass.CALLER_FAULT;
        }
        if (status < 400 || MODEL.stream().anyMatch(error::says) || isMissing(status, error)) {
            return FailureClass.MODEL;
        }
        boolean isKey = status == 401 || status == 403 || KEY.stream().anyMatch(error::says);
        return isKey || isOfAccount(error, KEY_REFUSED) ? FailureClass.CREDENTIAL : FailureClass.CALLER_FAULT;
    }

    /** The limit that a 429 names, or the only one that its headers show as used up. */
    static Optional<LimitKind> limit(ProviderError error, List<Remaining> remaining) {
        String message = error.message().toLowerCase(Locale.ROOT);
        for (Map.Entry<String, LimitKind> phrase : LIMIT_PHRASES) {
            if (message.contains(phrase.getKey())) {
                return Optional.of(phrase.getValue());
            }
        }
        if (error.type().equals("tokens")) {
            return Optional.of(LimitKind.TOKENS_PER_MINUTE);
        }
        if (error.type().equals("requests")) {
            return Optional.of(LimitKind.REQUESTS_PER_MINUTE);
        }
        List<LimitKind> usedUp =
                remaining.stream().filter(left -> left.remaining() == 0).map(Remaining::kind).toList();
        return usedUp.size() == 1 ? Optional.of(usedUp.getFirst()) : Optional.empty();
    }

    /** Whether an error without a status is the request's fault. */
    static boolean isOfRequest(ProviderError error) {
        return error.says(ApiError.INVALID_REQUEST)
                || error.code().startsWith("invalid_")
                || error.code().contains("image") // the Responses API has a dozen of these
                || isContent(error)
                || isTooLong(error)
                || isStoredElsewhere(error);
    }

    private static boolean isContent(ProviderError error) {
        return CONTENT.stream().anyMatch(error::says);
    }

    /** Whether the prompt is too large for the model. */
    static boolean isTooLong(ProviderError error) {
        return error.says(ApiError.TOO_LONG) || startsWithAny(error, PROMPT_TOO_LONG);
    }

    /** Whether the request refers to something that OpenAI has stored or encrypted for another account. */
    static boolean isStoredElsewhere(ProviderError error) {
        return error.says("previous_response_not_found")
                || error.says("invalid_encrypted_content")
                || startsWith(error, "item with id '");
    }

    private static boolean isQuota(int status, ProviderError error) {
        return status == 402
                || QUOTA.stream().anyMatch(error::says)
                || ((status == 400 || status == 429) && isOfAccount(error, SPENT));
    }

    private static boolean isLock(int status, ProviderError error) {
        return status == 409 && error.message().toLowerCase(Locale.ROOT).contains("lock");
    }

    /** A 404 without an error object does not come from the API itself, so the base URL is wrong. */
    private static boolean isMissing(int status, ProviderError error) {
        return status == 405
                || (status == 404
                        && (!error.isKnown() || startsWithAny(error, MODEL_MISSING)));
    }

    private static boolean isOfAccount(ProviderError error, List<String> starts) {
        return startsWithAny(error, starts)
                && !error.message().toLowerCase(Locale.ROOT).contains(UNKNOWN_FIELD);
    }

    private static boolean startsWithAny(ProviderError error, List<String> starts) {
        return starts.stream().anyMatch(start -> startsWith(error, start));
    }

    private static boolean startsWith(ProviderError error, String start) {
        return error.message().regionMatches(true, 0, start, 0, start.length());
    }
}
