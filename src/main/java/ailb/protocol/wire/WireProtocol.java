package ailb.protocol.wire;

import ailb.pool.Endpoint;
import ailb.pool.Provider;
import java.time.Instant;
import java.util.List;

/** How to call a provider and read its headers, for all kinds of requests. Stateless. */
public interface WireProtocol {

    static WireProtocol of(Provider provider) {
        return switch (provider) {
            case OPENAI -> new OpenAiProtocol();
            case ANTHROPIC -> new AnthropicProtocol();
        };
    }

    /**
     * The request to send.
     *
     * @param path of the operation, without the version
     * @param body JSON in the provider's protocol; must not be changed
     * @param apiKey the key itself
     */
    ProviderRequest post(Endpoint endpoint, String path, byte[] body, String apiKey);

    /**
     * The remaining limits of the endpoint, from a reply's headers.
     *
     * @param now wall time, for headers that give a date
     */
    List<Remaining> remaining(Headers headers, Instant now);
}
