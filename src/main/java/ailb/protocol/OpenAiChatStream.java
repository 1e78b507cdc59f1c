package ailb.protocol;

import ailb.pool.Provider;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A chat as OpenAI's API streams it. Events pass through as they come; only the usage, which is always asked for, is kept
 * from a caller who did not ask for it.
 */
final class OpenAiChatStream implements ReplyStream {

    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8);

    private final boolean showsUsage;
    private final List<Remaining> remaining;
    private final ServerSentEvents events = new ServerSentEvents();
    private @Nullable Usage usage;
    private long characters;
    private boolean finished;

    /** @param showsUsage whether the caller asked for the usage */
    OpenAiChatStream(boolean showsUsage, List<Remaining> remaining) {
        this.showsUsage = showsUsage;
        this.remaining = remaining;
    }

    @Override
    public Step feed(byte[] piece) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(piece.length);
        for (ServerSentEvents.Event event : events.feed(piece)) {
            if (event.data().equals("[DONE]")) {
                out.writeBytes(event.raw());
                return new Complete(out.toByteArray());
            }
            Optional<ProviderReply.Failure> failure = event.data().isEmpty() ? passOn(event, out) : read(event, out);
            if (failure.isPresent()) {
                return new Broken(out.toByteArray(), failure.get());
            }
        }
        return events.isOverlong()
                ? new Broken(out.toByteArray(), Failures.brokenStream("an event without an end", remaining))
                : new More(out.toByteArray());
    }

    private static Optional<ProviderReply.Failure> passOn(ServerSentEvents.Event event, ByteArrayOutputStream out) {
        out.writeBytes(event.raw());
        return Optional.empty();
    }

    private Optional<ProviderReply.Failure> read(ServerSentEvents.Event event, ByteArrayOutputStream out) {
        Optional<JsonNode> chunk = Json.parse(event.data().getBytes(StandardCharsets.UTF_8));
        if (chunk.isEmpty() || !chunk.get().isObject()) {
            return Optional.of(Failures.brokenStream("an event that is not JSON", remaining));
        }
        JsonNode choices = chunk.get().path("choices");
        if (chunk.get().path("error").isObject()) {
            return Optional.of(Failures.streamed(ProviderError.of(chunk), remaining));
        }
        if (!choices.isArray()) {
            return Optional.of(Failures.brokenStream("an event without choices", remaining));
        }
        Usage told = OpenAiProtocol.usage(chunk.get());
        usage = told == null ? usage : told;
        for (JsonNode choice : choices) {
            characters += text(choice.path("delta"));
            finished |= choice.path("finish_reason").isTextual();
        }
        if (!choices.isEmpty() || showsUsage || told == null) {
            out.writeBytes(event.raw());
        }
        return Optional.empty();
    }

    /** Some providers leave out the last event; one whose choices have ended is complete without it. */
    @Override
    public Step end() {
        return finished && !events.isCutOff()
                ? new Complete(DONE)
                : new Broken(new byte[0], Failures.brokenStream("the stream ended before its end", remaining));
    }

    @Override
    public Optional<Usage> usage() {
        return Optional.ofNullable(usage);
    }

    @Override
    public List<Remaining> remaining() {
        return remaining;
    }

    @Override
    public long characters() {
        return characters;
    }

    @Override
    public byte[] error(ApiError error) {
        String json = new String(error.toJson(Provider.OPENAI), StandardCharsets.UTF_8);
        return ("data: " + json + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Characters of what a model has written, names left out. */
    private static long text(JsonNode delta) {
        long characters = delta.path("content").asText("").length();
        characters += delta.path("reasoning_content").asText("").length();
        for (JsonNode call : delta.path("tool_calls")) {
            characters += call.path("function").path("arguments").asText("").length();
        }
        return characters;
    }
}
