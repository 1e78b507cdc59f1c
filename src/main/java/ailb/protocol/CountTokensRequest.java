package ailb.protocol;

import ailb.pool.Endpoint;
import ailb.pool.Provider;
import ailb.protocol.anthropictoopenai.MessagesThinking;
import ailb.protocol.error.FieldFault;
import ailb.protocol.error.WholeReply;
import ailb.protocol.json.Json;
import ailb.protocol.json.RequestBody;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.ProviderRequest;
import ailb.protocol.wire.RequestKind;
import ailb.protocol.wire.Usage;
import ailb.protocol.wire.WireProtocol;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * An Anthropic client's request to {@code /v1/messages/count_tokens}. Only Anthropic's endpoints can answer it.
 * Immutable.
 */
final class CountTokensRequest implements ModelRequest {

    private final RequestBody body;
    private final Optional<String> betas;

    private CountTokensRequest(RequestBody body, Optional<String> betas) {
        this.body = body;
        this.betas = betas;
    }

    /** Reads a request. Never throws, whatever the bytes. */
    static Parsed parse(Headers headers, byte[] body) {
        return RequestReader.read(
                body,
                root -> MessagesRequest.betasFault(headers)
                        .or(() -> MessagesRequestRules.prompt(root))
                        .map(FieldFault::error),
                read -> new CountTokensRequest(read, headers.get(MessagesRequest.BETAS)));
    }

    @Override
    public RequestKind kind() {
        return RequestKind.COUNT_TOKENS;
    }

    @Override
    public String model() {
        return body.model();
    }

    /** 0: counting uses no tokens. */
    @Override
    public long promptCharacters() {
        return 0;
    }

    @Override
    public OptionalLong maxTokens() {
        return OptionalLong.of(0);
    }

    @Override
    public Set<String> fields() {
        return body.members().keySet();
    }

    @Override
    public Optional<String> unsupportedAt(Provider provider) {
        return switch (provider) {
            case ANTHROPIC -> Optional.empty();
            case OPENAI -> Optional.of(kind().path());
        };
    }

    @Override
    public ProviderRequest at(Endpoint endpoint, String apiKey) {
        ProviderRequest request = WireProtocol.of(endpoint.provider())
                .post(endpoint, kind().pathAfterVersion(), MessagesThinking.atAnthropic(body, endpoint.modelId()),
                        apiKey);
        return betas.map(named -> request.with(MessagesRequest.BETAS, named)).orElse(request);
    }

    @Override
    public ProviderReply read(Provider provider, int status, Headers headers, byte[] reply, Instant now) {
        return WholeReply.read(
                provider, kind().protocol(), status, headers, reply, now,
                root -> Optional.of(root)
                        .filter(count -> Json.isCount(count.path("input_tokens")))
                        .map(_ -> new WholeReply.Said(reply, new Usage(0, 0, 0, 0))));
    }

    @Override
    public String toString() {
        return kind() + ", " + body;
    }
}
