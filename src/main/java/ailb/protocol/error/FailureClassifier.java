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
 * All that is known of how providers refuse, in one place. Messages are matched at their start where they can be: a
 * provider may repeat a caller's words further on, and a caller must not be able to talk an endpoint out of service.
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

    /** How the message of Anthropic's 400 or 429 starts when the account has spent what it may. */
    private static final List<String> SPENT =
            List.of("your credit balance is too low", "you have reached your specified api usage limits");

    /** How the message of a 400 starts when the key, or the account behind it, is refused. */
    private static final List<String> KEY_REFUSED = List.of(
            "api key not valid", // Gemini
            "incorrect api key provided", // xAI
            "this organization has been disabled"); // Anthropic

    /** How the message starts where the prompt is larger than the model takes, and no code says so. */
    private static final List<String> PROMPT_TOO_LONG = List.of(
            "prompt is too long", // Anthropic
            "input length and `max_tokens` exceed context limit", // Anthropic
            "this model's maximum context length", // vLLM
            "this endpoint's maximum context length", // OpenRouter
            "this model's maximum prompt length"); // xAI

    /** Anthropic puts a field it does not know before this, and the caller has named it. */
    private static final String UNKNOWN_FIELD = ": extra inputs are not permitted";

    /** How the message of a 404 starts when the endpoint, not the caller, named what is missing. */
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
     * The class of a refusal. A redirect is a base URL that leads elsewhere: redirects are not followed, since a key
     * would go with them, so it needs a person, as a missing deployment does.
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

    /** The limit that a 429 names, or that its headers show as the only one used up. */
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

    /** True where an error that comes without a status is about the request. */
    static boolean isOfRequest(ProviderError error) {
        return error.says(ApiError.INVALID_REQUEST)
                || error.code().startsWith("invalid_")
                || error.code().contains("image") // one of a dozen of the Responses API
                || isContent(error)
                || isTooLong(error)
                || isStoredElsewhere(error);
    }

    private static boolean isContent(ProviderError error) {
        return CONTENT.stream().anyMatch(error::says);
    }

    /** True where the prompt is larger than the model takes. */
    static boolean isTooLong(ProviderError error) {
        return error.says(ApiError.TOO_LONG) || startsWithAny(error, PROMPT_TOO_LONG);
    }

    /** True where the caller refers to something that OpenAI has stored, or encrypted, though not for this account. */
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

    /** A 404 that is no error object comes from something in between, so the base URL is wrong. */
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
