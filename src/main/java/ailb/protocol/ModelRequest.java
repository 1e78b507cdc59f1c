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

/**
 * A client's request to a model, and how to send it to each provider. Immutable. {@code toString} never prints the
 * contents.
 */
public sealed interface ModelRequest permits ChatRequest, MessagesRequest, CountTokensRequest, PassedThroughRequest {

    /**
     * Reads a request. Never throws, whatever the bytes.
     *
     * @param headers the caller's; a provider of the same protocol may need some of them
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

    /** The public name of the requested model. */
    String model();

    /** Characters (UTF-16 units) of what goes into the model, for estimates of tokens. */
    long promptCharacters();

    /**
     * Whether the caller uses prompt caching. Then much of the prompt may be cheap, but how much is known only
     * afterwards.
     */
    default boolean isCached() {
        return false;
    }

    /** The maximum number of tokens in the answer, 0 to 2^31 - 1; empty where it is not known. */
    OptionalLong maxTokens();

    /**
     * The first field that a provider has no equivalent for, as a path such as
     * {@code messages[1].content[0].image_url}; empty where it can serve the request.
     */
    Optional<String> unsupportedAt(Provider provider);

    /** Names of the top-level fields, as the caller gave them. */
    Set<String> fields();

    /**
     * The first field that the endpoint is configured to refuse, by the caller's name or by its name in the endpoint's
     * protocol. Fields that are null count too. Upper and lower case are the same, as some servers ignore case. Call
     * only if {@link #unsupportedAt} is empty.
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

    /** Goes through upper case, because some non-ASCII letters have an ASCII letter as their upper case. */
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
     * The request to send to the endpoint. Call only if {@link #unsupportedAt} is empty.
     *
     * @param apiKey the key itself
     */
    ProviderRequest at(Endpoint endpoint, String apiKey);

    /** Whether the caller wants the answer as a stream of events. */
    default boolean isStream() {
        return false;
    }

    /**
     * Reads a reply that is a stream of events. Call only if {@link #isStream}.
     *
     * @param now wall time, for headers with a date and for the creation time of events
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
