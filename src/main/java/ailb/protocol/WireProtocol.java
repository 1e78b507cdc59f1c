package ailb.protocol;

import ailb.pool.Endpoint;
import ailb.pool.Provider;
import java.time.Instant;
import java.util.Optional;

/** How to ask a provider, and how to read what it says. Stateless. */
public interface WireProtocol {

    static WireProtocol of(Provider provider) {
        return switch (provider) {
            case OPENAI -> new OpenAiProtocol();
            case ANTHROPIC -> new AnthropicProtocol();
        };
    }

    /**
     * The first field of the request that this protocol has no equivalent for, as a path such as
     * {@code messages[1].content[0].image_url}; empty where it can serve the request. Never dropped in silence: the
     * caller is refused by that name where no other endpoint can serve it.
     */
    Optional<String> unsupportedField(ChatRequest request);

    /**
     * The call to make. Only for a request without an {@link #unsupportedField unsupported field}.
     *
     * @param apiKey the key itself
     */
    ProviderRequest request(Endpoint endpoint, ChatRequest request, String apiKey);

    /**
     * Reads a whole reply. Never throws, whatever the bytes.
     *
     * @param now wall time, for headers that give a date
     */
    ProviderReply read(ChatRequest request, int status, Headers headers, byte[] body, Instant now);
}
