package ailb.protocol;

import ailb.pool.Endpoint;
import ailb.pool.Provider;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** What a client asked of a model, and how each provider is asked for it. Immutable; never prints its contents. */
public sealed interface ModelRequest permits ChatRequest, MessagesRequest, CountTokensRequest, PassedThroughRequest {

    /**
     * Reads a request. Never throws, whatever the bytes.
     *
     * @param headers the caller's, of which a provider of its own protocol may need some
     * @param body kept, so not to be changed afterwards
     */
    static Parsed parse(RequestKind kind, Headers headers, byte[] body) {
        return switch (kind) {
            case CHAT_COMPLETIONS -> ChatRequest.parse(body);
            case EMBEDDINGS -> EmbeddingsRequest.parse(body);
            case RESPONSES -> ResponsesRequest.parse(body);
            case MESSAGES -> MessagesRequest.parse(headers, body);
            case COUNT_TOKENS -> CountTokensRequest.parse(headers, body);
        };
    }

    RequestKind kind();

    /** The public name of the model asked for. */
    String model();

    /** Characters (UTF-16 units) of what goes into the model, for estimates of tokens. */
    long promptCharacters();

    /** Whether the caller has the prompt cached: then much of it may cost little, which nobody knows before. */
    default boolean isCached() {
        return false;
    }

    /** The most tokens the answer may have, where that is known; 0 to 2^31 - 1. */
    OptionalLong maxTokens();

    /**
     * The first field that a provider has no equivalent for, as a path such as
     * {@code messages[1].content[0].image_url}; empty where it can serve the request.
     */
    Optional<String> unsupportedAt(Provider provider);

    /**
     * The call to make. Only where nothing is {@link #unsupportedAt unsupported}.
     *
     * @param apiKey the key itself
     */
    ProviderRequest at(Endpoint endpoint, String apiKey);

    /** Whether the answer is wanted as a stream of events. */
    default boolean isStream() {
        return false;
    }

    /**
     * Reads a reply that comes as a stream of events. Only where {@link #isStream that is wanted}.
     *
     * @param now wall time, for headers that give a date and events that tell when they were made
     */
    default ReplyStream events(Provider provider, Headers headers, Instant now) {
        throw new IllegalStateException("no stream was asked for");
    }

    /**
     * Reads a whole reply. Never throws, whatever the bytes.
     *
     * @param now wall time, for headers that give a date
     */
    ProviderReply read(Provider provider, int status, Headers headers, byte[] body, Instant now);
}
