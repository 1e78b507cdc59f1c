package ailb.protocol.wire;

import ailb.pool.Endpoint;
import ailb.pool.Provider;
import java.time.Instant;
import java.util.List;

/** How a provider is called and what its headers tell, whatever it is asked for. Stateless. */
public interface WireProtocol {

    static WireProtocol of(Provider provider) {
        return switch (provider) {
            case OPENAI -> new OpenAiProtocol();
            case ANTHROPIC -> new AnthropicProtocol();
        };
    }

    /**
     * The call to make.
     *
     * @param path of what is asked for, without the version
     * @param body JSON in the provider's words; not to be changed
     * @param apiKey the key itself
     */
    ProviderRequest post(Endpoint endpoint, String path, byte[] body, String apiKey);

    /**
     * What the headers of a reply say is left of the endpoint's limits.
     *
     * @param now wall time, for headers that give a date
     */
    List<Remaining> remaining(Headers headers, Instant now);
}
