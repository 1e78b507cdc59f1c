package ailb.dispatch;

import ailb.admission.Demand;
import ailb.pool.FailureClass;
import ailb.pool.TokenEstimate;
import ailb.port.TimeSource;
import ailb.port.Upstream;
import ailb.protocol.error.ApiError;
import ailb.protocol.stream.ReplyStream;
import ailb.protocol.wire.ProviderReply;
import ailb.protocol.wire.Usage;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Relays a reply that comes as events. Before the first content the request can still go elsewhere. From then on the
 * events go to the caller until the end.
 */
final class StreamRelay {

    /**
     * An endpoint that has sent something and is then silent this long has failed. Some models think for minutes
     * without a word.
     */
    private static final long SILENCE_TIMEOUT = Duration.ofMinutes(5).toNanos();

    /**
     * The wait for the end of the body after the last event. A connection is used again only if its reply was read to
     * the end.
     */
    private static final Duration END_OF_BODY_TIMEOUT = Duration.ofMillis(20);

    /** A stream that sent something within this time before the request's end was cut short, and has not failed. */
    private static final long FLOWING_WITHIN = Duration.ofSeconds(10).toNanos();

    private static final ReplyStream.Step NOTHING = new ReplyStream.More(new byte[0]);

    private final ReplyStream stream;
    private final Upstream.Body body;
    private final Demand demand;
    private final TimeSource time;
    private final long beginBy;
    private final long endBy;
    private long heard;
    private boolean isAlive;
    private boolean hasBegun;
    private boolean isCutShort;

    /**
     * @param demand the tokens that the call was admitted on
     * @param beginBy when anything must have come, on the monotonic clock
     * @param endBy when the stream must have ended, on the same clock
     */
    StreamRelay(
            ReplyStream stream, Upstream.Body body, Demand demand, TimeSource time, long beginBy, long endBy) {
        this.stream = stream;
        this.body = body;
        this.demand = demand;
        this.time = time;
        this.beginBy = beginBy;
        this.endBy = endBy;
        this.heard = time.monotonic();
    }

    /** Whether content has come. Then its events have gone out, and the caller is told of a failure. */
    boolean hasBegun() {
        return hasBegun;
    }

    /** Whether the stream still flowed when the request's time was over. */
    boolean isCutShort() {
        return isCutShort;
    }

    /**
     * Sends all events on as they come, until the last one, a failure, or the caller has left.
     *
     * @return what came of it
     * @throws InterruptedException when the calling thread is interrupted; the call is ended then
     */
    ProviderReply relay(Consumer<byte[]> events, StreamOutput output) throws InterruptedException {
        try (body) {
            ReplyStream.Step step = NOTHING;
            while (true) {
                handOn(step, events);
                output.beatIfDue();
                if (step instanceof ReplyStream.Broken(_, ProviderReply.Failure failure)) {
                    return broken(failure, events);
                }
                if (step instanceof ReplyStream.Complete) {
                    Upstream.Piece _ = body.next(END_OF_BODY_TIMEOUT);
                    return soFar();
                }
                if (output.isClosed()) {
                    return soFar();
                }
                step = next(output.untilDue());
            }
        }
    }

    private void handOn(ReplyStream.Step step, Consumer<byte[]> events) {
        if (step.events().length > 0) {
            hasBegun = true;
            events.accept(step.events());
            heard = time.monotonic(); // nobody read while the caller took its time
        }
    }

    /** After content the caller is told of a failure. Before it another endpoint may be asked. */
    private ProviderReply broken(ProviderReply.Failure failure, Consumer<byte[]> events) {
        if (!hasBegun) {
            return failure;
        }
        events.accept(stream.refusal().orElseGet(() -> stream.error(told())));
        return hasWorked(failure) ? failure.after(usage()) : failure;
    }

    /** The next step of the stream. Waits, with heartbeats, while the provider is silent. */
    private ReplyStream.Step next(Duration longest) throws InterruptedException {
        long end = Math.min(patience(), endBy);
        long now = time.monotonic();
        if (now >= end) {
            isCutShort = now - heard < FLOWING_WITHIN;
            return lost(FailureClass.TIMEOUT, tooLate(end < endBy));
        }
        Upstream.Piece piece = body.next(Duration.ofNanos(Math.min(end - now, longest.toNanos())));
        if (!(piece instanceof Upstream.Silence)) {
            heard = time.monotonic();
            isAlive = true;
        }
        return switch (piece) {
            case Upstream.Bytes(byte[] bytes) -> stream.feed(bytes);
            case Upstream.End() -> stream.end();
            case Upstream.Silence() -> NOTHING;
            case Upstream.Lost(FailureClass failure, String detail) -> lost(failure, detail);
        };
    }

    private long patience() {
        long silent = heard + SILENCE_TIMEOUT;
        if (hasBegun) {
            return silent;
        }
        return isAlive ? Math.max(beginBy, silent) : beginBy;
    }

    private String tooLate(boolean isSilent) {
        if (!hasBegun) {
            return "the stream did not begin in time";
        }
        return isSilent ? "the stream fell silent" : "the stream did not end in time";
    }

    private ReplyStream.Step lost(FailureClass failure, String detail) {
        return new ReplyStream.Broken(
                new byte[0],
                new ProviderReply.Failure(
                        failure, 200, new byte[0], detail, true, Optional.empty(), Optional.empty(),
                        stream.remaining()));
    }

    /** Whether the endpoint has used tokens: one that refused before anything came has read no prompt. */
    private boolean hasWorked(ProviderReply.Failure failure) {
        return failure.failure().isEndpointFault() || stream.usage().isPresent() || stream.characters() > 0;
    }

    private ApiError told() {
        if (isCutShort) {
            return ApiError
                    .timeout("The answer was cut off: the request's time is over. Ask for less, or submit a batch.");
        }
        return ApiError.badGateway(
                "The answer broke off: the endpoint failed while it was answering. Ask again.");
    }

    /** What has come so far, as an answer. */
    ProviderReply soFar() {
        return new ProviderReply.Answer(new byte[0], usage(), stream.remaining());
    }

    /** The tokens so far: the provider's own count, or else an estimate. */
    private Usage usage() {
        return stream.usage()
                .orElseGet(() -> new Usage(
                        demand.inputTokens(), TokenEstimate.ofCharacters(stream.characters()), 0, 0));
    }
}
