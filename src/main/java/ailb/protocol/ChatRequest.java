package ailb.protocol;

import ailb.pool.Endpoint;
import ailb.pool.Provider;
import ailb.protocol.error.FieldFault;
import ailb.protocol.error.WholeReply;
import ailb.protocol.json.Json;
import ailb.protocol.json.RequestBody;
import ailb.protocol.openaitoanthropic.ChatAsMessages;
import ailb.protocol.openaitoanthropic.ChatFields;
import ailb.protocol.openaitoanthropic.ChatReply;
import ailb.protocol.stream.MessagesToChatStream;
import ailb.protocol.stream.OpenAiChatStream;
import ailb.protocol.stream.ReplyStream;
import ailb.protocol.translate.HostMessages;
import ailb.protocol.wire.Headers;
import ailb.protocol.wire.Hosts;
import ailb.protocol.wire.OpenAiProtocol;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.ProviderRequest;
import ailb.protocol.wire.Remaining;
import ailb.protocol.wire.RequestKind;
import ailb.protocol.wire.UsageJson;
import ailb.protocol.wire.WireProtocol;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/**
 * An OpenAI client's request to {@code /v1/chat/completions}: the original bytes and their JSON tree. Immutable.
 * {@code toString} never prints the contents.
 */
public final class ChatRequest implements ModelRequest {

    private final RequestBody body;
    private final long promptCharacters;

    ChatRequest(RequestBody body) {
        this.body = body;
        this.promptCharacters = PromptSize.characters(body.root());
    }

    /**
     * Reads a request. Never throws, whatever the bytes.
     *
     * @param body kept, so not to be changed afterwards
     */
    public static Parsed parse(byte[] body) {
        return RequestReader.read(
                body, root -> ChatRequestRules.firstFault(root).map(FieldFault::error), ChatRequest::new);
    }

    @Override
    public String model() {
        return body.model();
    }

    /** See {@link PromptSize}. */
    @Override
    public long promptCharacters() {
        return promptCharacters;
    }

    @Override
    public boolean isCached() {
        return Json.hasAnywhere(root(), "cache_control");
    }

    /** {@code max_completion_tokens}, else {@code max_tokens}; the limit applies to each answer. */
    @Override
    public OptionalLong maxTokens() {
        JsonNode newer = root().path("max_completion_tokens");
        JsonNode max = newer.isIntegralNumber() ? newer : root().path("max_tokens");
        return max.isIntegralNumber()
                ? OptionalLong.of(Math.min(Integer.MAX_VALUE, max.longValue() * answers()))
                : OptionalLong.empty();
    }

    /** The larger of {@code n} and {@code best_of}: many providers also generate {@code best_of} answers. */
    @Override
    public long answers() {
        return Math.max(1, Math.max(Json.count(root().path("n")), Json.count(root().path("best_of"))));
    }

    @Override
    public RequestKind kind() {
        return RequestKind.CHAT_COMPLETIONS;
    }

    @Override
    public Set<String> fields() {
        return body.members().keySet();
    }

    @Override
    public Optional<String> unsupportedAt(Provider provider) {
        return switch (provider) {
            case OPENAI -> Optional.empty();
            case ANTHROPIC -> ChatFields.firstUnsupported(root());
        };
    }

    @Override
    public boolean isStream() {
        return root().path("stream").booleanValue();
    }

    @Override
    public ReplyStream events(Provider provider, Headers headers, Instant now) {
        List<Remaining> remaining = WireProtocol.of(provider).remaining(headers, now);
        return switch (provider) {
            case OPENAI -> new OpenAiChatStream(showsUsage(), remaining);
            case ANTHROPIC -> new MessagesToChatStream(showsUsage(), model(), remaining, now);
        };
    }

    /** Whether the caller asked for the usage of a stream. */
    private boolean showsUsage() {
        return root().path("stream_options").path("include_usage").booleanValue();
    }

    @Override
    public ProviderRequest at(Endpoint endpoint, String apiKey) {
        WireProtocol wire = WireProtocol.of(endpoint.provider());
        return switch (endpoint.provider()) {
            case OPENAI -> wire.post(endpoint, kind().pathAfterVersion(), bodyFor(endpoint), apiKey);
            case ANTHROPIC ->
                wire.post(
                        endpoint,
                        RequestKind.MESSAGES.pathAfterVersion(),
                        ChatAsMessages.body(endpoint.modelId(), root(), maxTokens()),
                        apiKey);
        };
    }

    @Override
    public ProviderReply read(Provider provider, int status, Headers headers, byte[] reply, Instant now) {
        Function<JsonNode, Optional<WholeReply.Said>> answer =
                switch (provider) {
                    case OPENAI ->
                        root -> Optional.of(root)
                                .filter(OpenAiProtocol::isAnswer)
                                .map(said -> new WholeReply.Said(reply, OpenAiProtocol.usage(said)));
                    case ANTHROPIC ->
                        root -> Optional.of(root)
                                .filter(ChatReply::isAnswer)
                                .map(said -> new WholeReply.Said(
                                        ChatReply.chatCompletion(said, model(), now),
                                        UsageJson.ofAnthropic(said.path("usage"))));
                };
        return WholeReply.read(provider, kind().protocol(), status, headers, reply, now, answer);
    }

    /** The caller's bytes; not to be changed. */
    public byte[] body() {
        return body.bytes();
    }

    /** The caller's bytes with the endpoint's model id. Other fields change only where this host needs another form. */
    private byte[] bodyFor(Endpoint endpoint) {
        Map<String, JsonNode> changes = new HashMap<>();
        changes.put("model", TextNode.valueOf(endpoint.modelId()));
        HostMessages.changed(endpoint.baseUrl(), root().path("messages"))
                .ifPresent(messages -> changes.put("messages", messages));
        JsonNode options = root().path("stream_options");
        if (!Hosts.tellsUsageWhenAsked(endpoint.baseUrl())) {
            return Json.isAbsent(options) ? body.with(changes) : withoutStreamOptions(changes);
        }
        if (isStream() && !showsUsage() && (Json.isAbsent(options) || options.isObject())) {
            changes.put("stream_options", askingForUsage(options));
        }
        return body.with(changes);
    }

    /** Always asks for the usage of a stream: without it the tokens could only be estimated. */
    private static ObjectNode askingForUsage(JsonNode options) {
        ObjectNode asking = Json.object();
        if (options instanceof ObjectNode given) {
            asking.setAll(given);
        }
        return asking.put("include_usage", true);
    }

    private byte[] withoutStreamOptions(Map<String, JsonNode> changes) {
        ObjectNode without = Json.object();
        without.setAll(root());
        without.remove("stream_options");
        without.setAll(changes);
        return Json.bytes(without);
    }

    /** Not to be changed. */
    ObjectNode root() {
        return body.root();
    }

    @Override
    public String toString() {
        return "ChatRequest(" + body.bytes().length + " bytes)";
    }
}
