package ailb.protocol.wire;

import ailb.pool.Endpoint;
import java.net.URI;
import java.util.Locale;

/** The differences between providers of OpenAI's protocol, by host name. */
public final class Hosts {

    private Hosts() {}

    /** Whether this is OpenAI's own API in any region, Azure OpenAI or Azure AI Foundry. */
    public static boolean isOpenAi(URI baseUrl) {
        return isWithin(baseUrl, "api.openai.com")
                || isWithin(baseUrl, "openai.azure.com")
                || isWithin(baseUrl, "cognitiveservices.azure.com")
                || isWithin(baseUrl, "services.ai.azure.com");
    }

    /** Whether to ask for the usage of a stream. Mistral always sends it, and refuses a request that asks for it. */
    public static boolean tellsUsageWhenAsked(URI baseUrl) {
        return !isMistral(baseUrl);
    }

    /**
     * Whether requests may contain {@code reasoning_content}. OpenAI never sends any; Groq and Mistral refuse the
     * field.
     */
    public static boolean takesThoughtsBack(URI baseUrl) {
        return !isOpenAi(baseUrl) && !isMistral(baseUrl) && !isWithin(baseUrl, "groq.com");
    }

    /** Whether tool call ids must be nine letters and digits, as Mistral requires. */
    public static boolean takesShortIdsOnly(URI baseUrl) {
        return isMistral(baseUrl);
    }

    /**
     * Whether the host refuses an assistant's message without {@code reasoning_content}, because thinking is on by
     * default.
     */
    public static boolean wantsThoughtsBack(URI baseUrl) {
        return isWithin(baseUrl, "deepseek.com");
    }

    /** Whether the host refuses a tool call without a thought signature. Gemini does from version 3 on. */
    public static boolean wantsSignedCalls(Endpoint endpoint) {
        String model = endpoint.modelId();
        return isWithin(endpoint.baseUrl(), "generativelanguage.googleapis.com")
                && !model.contains("gemini-1")
                && !model.contains("gemini-2");
    }

    private static boolean isMistral(URI baseUrl) {
        return isWithin(baseUrl, "mistral.ai");
    }

    private static boolean isWithin(URI baseUrl, String domain) {
        String host = String.valueOf(baseUrl.getHost()).toLowerCase(Locale.ROOT);
        return ("." + host).endsWith("." + domain);
    }
}
