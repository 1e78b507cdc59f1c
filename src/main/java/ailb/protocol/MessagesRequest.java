package ailb.protocol;

import ailb.pool.Endpoint;
import ailb.pool.Provider;
import ailb.protocol.anthropictoopenai.MessagesAsChat;
import ailb.protocol.anthropictoopenai.MessagesFields;
import ailb.protocol.anthropictoopenai.MessagesReply;
import ailb.protocol.anthropictoopenai.MessagesThinking;
import ailb.protocol.error.FieldFault;
import ailb.protocol.error.WholeReply;
import ailb.protocol.json.Json;
import ailb.protocol.json.RequestBody;
import ailb.protocol.stream.ChatToMessagesStream;
import ailb.protocol.stream.MessagesStream;
import ailb.protocol.stream.ReplyStream;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.OpenAiProtocol;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.ProviderRequest;
import ailb.protocol.wire.Remaining;
import ailb.protocol.wire.RequestKind;
import ailb.protocol.wire.Usage;
import ailb.protocol.wire.UsageJson;
import ailb.protocol.wire.WireProtocol;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/**
 * An Anthropic client's request to {@code /v1/messages}: the original bytes and their JSON tree. Immutable.
 * {@code toString} never prints the contents.
 */
final class MessagesRequest implements ModelRequest {

    private final RequestBody body;
    private final Optional<String> betas;
    private final long promptCharacters;

    private MessagesRequest(RequestBody body, Optional<String> betas) {
        this.body = body;
        this.betas = betas;
        this.promptCharacters = MessagesSize.characters(body.root());
    }

    /**
     * Reads a request. Never throws, whatever the bytes.
     *
     * @param headers the request's; {@code anthropic-beta} is sent on to Anthropic because it enables fields of the
     *     body
     * @param body kept, so not to be changed afterwards
     */
    static Parsed parse(Headers headers, byte[] body) {
        return RequestReader.read(
                body,
                root -> betasFault(headers)
                        .or(() -> MessagesRequestRules.firstFault(root))
                        .map(FieldFault::error),
                read -> new MessagesRequest(read, headers.get(BETAS)));
    }

    static final String BETAS = "anthropic-beta";

    /** A header that cannot be sent is the caller's fault and must not count against the endpoint. */
    static Optional<FieldFault> betasFault(Headers headers) {
        boolean sendable = headers.get(BETAS).orElse("").chars().allMatch(c -> c >= ' ' && c <= '~');
        return sendable ? Optional.empty() : FieldFault.of(BETAS, "must be printable ASCII");
    }

    @Override
    public RequestKind kind() {
        return RequestKind.MESSAGES;
    }

    @Override
    public String model() {
        return body.model();
    }

    /** See {@link MessagesSize}. */
    @Override
    public long promptCharacters() {
        return promptCharacters;
    }

    @Override
    public boolean isCached() {
        return Json.hasAnywhere(root(), "cache_control");
    }

    @Override
    public OptionalLong maxTokens() {
        return OptionalLong.of(root().path("max_tokens").longValue());
    }

    @Override
    public boolean isStream() {
        return root().path("stream").booleanValue();
    }

    @Override
    public Set<String> fields() {
        return body.members().keySet();
    }

    @Override
    public Optional<String> unsupportedAt(Provider provider) {
        return switch (provider) {
            case ANTHROPIC -> Optional.empty();
            case OPENAI -> MessagesFields.firstUnsupported(root());
        };
    }

    @Override
    public ReplyStream events(Provider provider, Headers headers, Instant now) {
        List<Remaining> remaining = WireProtocol.of(provider).remaining(headers, now);
        return switch (provider) {
            case ANTHROPIC -> new MessagesStream(remaining);
            case OPENAI -> new ChatToMessagesStream(MessagesThinking.isAdaptive(root()), model(), remaining, now);
        };
    }

    @Override
    public ProviderRequest at(Endpoint endpoint, String apiKey) {
        WireProtocol wire = WireProtocol.of(endpoint.provider());
        return switch (endpoint.provider()) {
            case OPENAI ->
                wire.post(
                        endpoint,
                        RequestKind.CHAT_COMPLETIONS.pathAfterVersion(),
                        MessagesAsChat.body(endpoint, root()),
                        apiKey);
            case ANTHROPIC -> {
                byte[] sent = MessagesThinking.atAnthropic(body, endpoint.modelId());
                ProviderRequest request = wire.post(endpoint, kind().pathAfterVersion(), sent, apiKey);
                yield betas.map(named -> request.with(BETAS, named)).orElse(request);
            }
        };
    }

    @Override
    public ProviderReply read(Provider provider, int status, Headers headers, byte[] reply, Instant now) {
        Function<JsonNode, Optional<WholeReply.Said>> answer =
                switch (provider) {
                    case OPENAI ->
                        root -> Optional.of(root).filter(MessagesReply::isAnswer).map(said -> told(said, now));
                    case ANTHROPIC ->
                        root -> Optional.of(root)
                                .filter(MessagesRequest::isMessage)
                                .map(said -> new WholeReply.Said(reply, UsageJson.ofAnthropic(said.path("usage"))));
                };
        return WholeReply.read(provider, kind().protocol(), status, headers, reply, now, answer);
    }

    private WholeReply.Said told(JsonNode completion, Instant now) {
        Usage usage = OpenAiProtocol.usage(completion);
        return new WholeReply.Said(MessagesReply.message(root(), completion, usage, now), usage);
    }

    private static boolean isMessage(JsonNode reply) {
        return reply.path("content").isArray();
    }

    /** Not to be changed. */
    ObjectNode root() {
        return body.root();
    }

    @Override
    public String toString() {
        return kind() + ", " + body;
    }
}
