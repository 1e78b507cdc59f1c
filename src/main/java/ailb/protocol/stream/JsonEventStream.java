package ailb.protocol.stream;

import ailb.pool.FailureClass;
import ailb.pool.Provider;
import ailb.protocol.error.ApiError;
import ailb.protocol.error.Failures;
import ailb.protocol.error.ProviderError;
import ailb.protocol.json.Json;
import ailb.protocol.json.ServerSentEvents;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.Remaining;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The base of all streams: server-sent events of JSON objects, up to a last event. Events before the first content are
 * held back and sent with it: until then another endpoint can be tried (ADR 24).
 */
abstract sealed class JsonEventStream implements ReplyStream permits ChatEvents, MessageEvents, ResponsesStream {

    /** More than any event with text needs, bytes. */
    private static final int LONGEST_EVENT = 1 << 20;

    /** Includes comments; bytes. */
    private static final int MOST_BEFORE_CONTENT = 256 * 1024;

    /** Limits of a stream, bytes: for one event, and for everything before the first content. */
    record Limits(int event, int beforeContent) {

        static final Limits OF_TEXT = new Limits(LONGEST_EVENT, MOST_BEFORE_CONTENT);

        /** The same as for a reply that is not streamed. */
        static final Limits OF_WHOLE_REPLIES = new Limits(ProviderReply.MAX_BYTES, ProviderReply.MAX_BYTES);
    }

    private static final byte[] NOTHING = new byte[0];

    private final Provider provider;
    private final Provider callers;
    private final List<Remaining> remaining;
    private final Limits limits;
    private final ServerSentEvents events;
    private final ByteArrayOutputStream heldBack = new ByteArrayOutputStream();
    private long bytesBeforeContent;
    private boolean hasContent;
    private boolean isOut;
    private @Nullable Step last;
    private long characters;
    private Optional<byte[]> refusal = Optional.empty();

    /**
     * @param provider the protocol of the events
     * @param callers the caller's protocol
     */
    JsonEventStream(Provider provider, Provider callers, List<Remaining> remaining, Limits limits) {
        this.limits = limits;
        this.events = new ServerSentEvents(limits.event());
        this.provider = provider;
        this.callers = callers;
        this.remaining = remaining;
    }

    /** Reads one event and returns the events for the caller. Must call {@link #begin} when the event has content. */
    abstract Step read(ServerSentEvents.Event event, JsonNode data);

    /** Reads {@code [DONE]}, which is not JSON. */
    Step done(ServerSentEvents.Event event) {
        return broken("an event that is not JSON");
    }

    /** Called when the body has ended. */
    Step ended() {
        return broken("the stream ended before its end");
    }

    @Override
    public final Step feed(byte[] piece) {
        if (last != null) {
            return afterLast(last);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(piece.length);
        for (ServerSentEvents.Event event : events.feed(piece)) {
            Step step = heldBack(step(event), event.raw().length);
            out.writeBytes(step.events());
            if (!(step instanceof More)) {
                return last(with(out.toByteArray(), step));
            }
        }
        return events.isOverlong()
                ? last(with(out.toByteArray(), broken("an event without an end")))
                : more(out.toByteArray());
    }

    @Override
    public final Step end() {
        if (last != null) {
            return afterLast(last);
        }
        Step step = heldBack(ended(), 0);
        return last(events.isCutOff() && step instanceof Broken ? broken("the stream ended within an event") : step);
    }

    private Step last(Step step) {
        last = step;
        return step;
    }

    private static Step afterLast(Step last) {
        return with(NOTHING, last);
    }

    private static Step with(byte[] events, Step step) {
        return switch (step) {
            case More _ -> new More(events);
            case Complete _ -> new Complete(events);
            case Broken(_, ProviderReply.Failure failure) -> new Broken(events, failure);
        };
    }

    private Step step(ServerSentEvents.Event event) {
        if (event.data().isEmpty()) {
            // Events without data, such as comments, are only for clients of the same protocol.
            return provider == callers ? more(event.raw()) : nothing();
        }
        if (event.data().equals("[DONE]")) {
            return done(event);
        }
        Optional<JsonNode> data = Json.parse(event.data()).filter(JsonNode::isObject);
        return data.isPresent() ? read(event, data.get()) : broken("an event that is not JSON");
    }

    /** What the caller gets of a step now. If the stream fails before any content, the held events are dropped. */
    private Step heldBack(Step step, int bytes) {
        if (isOut) {
            return step;
        }
        bytesBeforeContent += bytes;
        heldBack.writeBytes(step.events());
        return switch (step) {
            case More _ when hasContent -> more(out());
            case More _ when bytesBeforeContent > limits.beforeContent() -> broken("too much before any content");
            case More _ -> nothing();
            case Complete _ -> new Complete(out());
            case Broken(_, ProviderReply.Failure failure) -> new Broken(hasContent ? out() : NOTHING, failure);
        };
    }

    private byte[] out() {
        isOut = true;
        byte[] events = heldBack.toByteArray();
        heldBack.reset();
        return events;
    }

    /** Must be called when content arrives: text, a thought, a tool call, a refusal. */
    final void begin() {
        hasContent = true;
    }

    final boolean hasContent() {
        return hasContent;
    }

    static Step nothing() {
        return more(NOTHING);
    }

    static Step more(byte[] events) {
        return new More(events);
    }

    final Step broken(String detail) {
        return new Broken(NOTHING, Failures.brokenStream(detail, remaining));
    }

    /** Handles an error event. */
    final Step failed(ServerSentEvents.Event event, JsonNode data) {
        ProviderError error = ProviderError.of(Optional.of(data), NOTHING);
        ProviderReply.Failure failure = Failures.streamed(error, callers, remaining);
        if (failure.failure() == FailureClass.CALLER_FAULT) {
            refusal = Optional.of(refusal(event, error.toApiError(failure.status())));
            if (!failure.retryable()) {
                refused();
            }
        }
        return new Broken(NOTHING, failure);
    }

    /** Called when the request is at fault and any other endpoint would refuse it too. */
    void refused() {}

    /** The event that tells the caller that its request is at fault. */
    byte[] refusal(ServerSentEvents.Event event, ApiError error) {
        return error(error);
    }

    @Override
    public final Optional<byte[]> refusal() {
        return refusal;
    }

    /** Counts text that came from the model. */
    final void count(JsonNode text) {
        characters += text.isTextual() ? text.textValue().length() : 0;
    }

    @Override
    public byte[] error(ApiError error) {
        return switch (callers) {
            case OPENAI -> StreamEvents.chatError(error);
            case ANTHROPIC -> StreamEvents.messagesError(error);
        };
    }

    @Override
    public final List<Remaining> remaining() {
        return remaining;
    }

    @Override
    public final long characters() {
        return characters;
    }
}
