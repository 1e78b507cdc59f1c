package ailb.protocol.wire;

import ailb.pool.Endpoint;
import java.net.URI;
import java.util.Locale;

/** What differs between those who speak OpenAI's protocol, as told by where they are. */
public final class Hosts {

    private Hosts() {}

    /** OpenAI's own API, in all its regions, and that of Azure: OpenAI's and Foundry's. */
    public static boolean isOpenAi(URI baseUrl) {
        return isWithin(baseUrl, "api.openai.com")
                || isWithin(baseUrl, "openai.azure.com")
                || isWithin(baseUrl, "cognitiveservices.azure.com")
                || isWithin(baseUrl, "services.ai.azure.com");
    }

    /** Whether the usage of a stream comes if it is asked for. Mistral tells it unasked, and refuses to be asked. */
    public static boolean tellsUsageWhenAsked(URI baseUrl) {
        return !isMistral(baseUrl);
    }

    /** Whether {@code reasoning_content} may come back. OpenAI never tells any; Groq and Mistral refuse the field. */
    public static boolean takesThoughtsBack(URI baseUrl) {
        return !isOpenAi(baseUrl) && !isMistral(baseUrl) && !isWithin(baseUrl, "groq.com");
    }

    /** Mistral refuses every id of a call that is not nine letters and digits. */
    public static boolean takesShortIdsOnly(URI baseUrl) {
        return isMistral(baseUrl);
    }

    /** Whether an assistant's message without {@code reasoning_content} is refused, as thinking is on by default. */
    public static boolean wantsThoughtsBack(URI baseUrl) {
        return isWithin(baseUrl, "deepseek.com");
    }

    /** Whether a call without the signature of its thought is refused: by Gemini from version 3 on. */
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
