package ailb.protocol;

import ailb.pool.Endpoint;
import ailb.pool.Provider;
import ailb.protocol.json.RawObject;
import ailb.protocol.stream.ReplyStream;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.ProviderRequest;
import ailb.protocol.wire.RequestKind;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

    /** Names of the top-level fields, as the caller gave them. */
    Set<String> fields();

    /**
     * The first field that an endpoint is not to be sent: as the caller gave it, or as it would be sent in the endpoint's
     * protocol. A field that is null counts too, and one in other cases of letters: some servers take any. Only where nothing is {@link #unsupportedAt unsupported}.
     */
    default Optional<String> refusedAt(Endpoint endpoint) {
        Set<String> refused =
                endpoint.refusedFields().stream().map(ModelRequest::inLowerCase).collect(Collectors.toSet());
        return refused.isEmpty()
                ? Optional.empty()
                : Stream.concat(fields().stream(), sentFields(endpoint).stream())
                        .filter(field -> refused.contains(inLowerCase(field)))
                        .findFirst();
    }

    /** By way of capitals, as some letters share theirs with a letter of ASCII. */
    private static String inLowerCase(String field) {
        return field.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }

    private Set<String> sentFields(Endpoint endpoint) {
        return endpoint.provider() != kind().protocol()
                && RawObject.read(at(endpoint, "").body()) instanceof RawObject.Valid(RawObject sent)
                        ? sent.names()
                        : Set.of();
    }

    /** How many answers are asked for at once, from 1. */
    default long answers() {
        return 1;
    }

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
