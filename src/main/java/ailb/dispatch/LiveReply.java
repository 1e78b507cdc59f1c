package ailb.dispatch;

import ailb.admission.Demand;
import ailb.pool.FailureClass;
import ailb.protocol.ApiError;
import ailb.protocol.ProviderReply;
import ailb.protocol.ReplyStream;
import ailb.protocol.Usage;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * A reply that comes as events. Up to the first of them the request can still go elsewhere; from then on it is handed on
 * to its end, and the call is reported then.
 */
final class LiveReply implements Events {

    /** A stream that has begun and says nothing for so long is broken; some models think for minutes without a word. */
    private static final long LONGEST_SILENCE = Duration.ofMinutes(5).toNanos();

    /** A caller who has heard nothing for so long is told that it goes on, and found out if gone. */
    private static final long LONGEST_HUSH = Duration.ofSeconds(5).toNanos();

    /** The end of the body follows the last event at once; a connection whose reply was read to its end is used again. */
    private static final Duration LAST_WORD = Duration.ofMillis(20);

    /** One that was heard of so lately when its request's time was over had not failed. */
    private static final long FLOWING = Duration.ofSeconds(10).toNanos();

    private static final long CHARACTERS_PER_TOKEN = 4;

    private static final ReplyStream.Step NOTHING = new ReplyStream.More(new byte[0]);

    private final ReplyStream stream;
    private final Upstream.Body body;
    private final Demand demand;
    private final TimeSource time;
    private final long beginBy;
    private final long endBy;
    private final OnEnd onEnd;
    private ReplyStream.Step step = NOTHING;
    private long heard;
    private boolean cutShort;

    /** Takes what came of a call that was handed on, once. */
    interface OnEnd {

        /** @param cutShort whether the stream flowed until its request's time was over */
        void ended(ProviderReply reply, boolean cutShort);
    }

    /**
     * @param demand what the call was admitted on
     * @param beginBy by when the first event must have come, on the monotonic clock
     * @param endBy by when the stream must have ended, on the same
     */
    LiveReply(
            ReplyStream stream,
            Upstream.Body body,
            Demand demand,
            TimeSource time,
            long beginBy,
            long endBy,
            OnEnd onEnd) {
        this.stream = stream;
        this.body = body;
        this.demand = demand;
        this.time = time;
        this.beginBy = beginBy;
        this.endBy = endBy;
        this.onEnd = onEnd;
        this.heard = time.monotonic();
    }

    /** Waits for the first event. Where there is none, why; the call is over then. */
    Optional<ProviderReply.Failure> begin() throws InterruptedException {
        try {
            while (step instanceof ReplyStream.More(byte[] events) && events.length == 0) {
                step = next(beginBy, "the stream did not begin in time");
            }
        } catch (InterruptedException e) {
            body.close();
            throw e;
        }
        if (step instanceof ReplyStream.Broken(byte[] events, ProviderReply.Failure failure) && events.length == 0) {
            body.close();
            return Optional.of(failure);
        }
        return Optional.empty();
    }

    /** What comes next, which is nothing for a while where the provider is silent. */
    private ReplyStream.Step next(long end, String tooLate) throws InterruptedException {
        long now = time.monotonic();
        if (now >= end) {
            cutShort = now - heard < FLOWING;
            return lost(FailureClass.TIMEOUT, tooLate);
        }
        Upstream.Piece piece = body.next(Duration.ofNanos(Math.min(end - now, LONGEST_HUSH)));
        if (!(piece instanceof Upstream.Silence)) {
            heard = time.monotonic();
        }
        return switch (piece) {
            case Upstream.Bytes(byte[] bytes) -> stream.feed(bytes);
            case Upstream.End() -> stream.end();
            case Upstream.Silence() -> NOTHING;
            case Upstream.Lost(FailureClass failure, String detail) -> lost(failure, detail);
        };
    }

    private ReplyStream.Step lost(FailureClass failure, String detail) {
        return new ReplyStream.Broken(
                new byte[0],
                new ProviderReply.Failure(
                        failure, 200, new byte[0], detail, true, Optional.empty(), Optional.empty(),
                        stream.remaining()));
    }

    @Override
    public void sendTo(Sink sink) throws InterruptedException {
        ProviderReply ended = answer();
        try (body) {
            ended = handOn(sink);
        } catch (IOException callerIsGone) {
            ended = answer();
        } finally {
            onEnd.ended(ended, cutShort);
        }
    }

    private ProviderReply handOn(Sink sink) throws IOException, InterruptedException {
        long told = time.monotonic();
        while (true) {
            if (step.events().length > 0) {
                sink.send(step.events());
                told = time.monotonic();
                heard = told; // while the caller took its time nobody listened
            } else if (time.monotonic() - told >= LONGEST_HUSH) {
                sink.silence();
                told = time.monotonic();
            }
            switch (step) {
                case ReplyStream.More _ -> step = goOn();
                case ReplyStream.Complete _ -> {
                    Upstream.Piece _ = body.next(LAST_WORD);
                    return answer();
                }
                case ReplyStream.Broken(_, ProviderReply.Failure failure) -> {
                    tellOf(sink);
                    return hasWorked(failure) ? failure.after(usage()) : failure;
                }
            }
        }
    }

    private ReplyStream.Step goOn() throws InterruptedException {
        long silent = heard + LONGEST_SILENCE;
        return silent < endBy
                ? next(silent, "the stream fell silent")
                : next(endBy, "the stream did not end in time");
    }

    /** An endpoint that refused before anything came has read no prompt. */
    private boolean hasWorked(ProviderReply.Failure failure) {
        return failure.failure().isEndpointFault() || stream.usage().isPresent() || stream.characters() > 0;
    }

    /** It is a failure of the endpoint's, whether or not the caller is there to hear of it. */
    private void tellOf(Sink sink) {
        try {
            sink.send(stream.refusal().orElseGet(() -> stream.error(told())));
        } catch (IOException callerIsGone) {
            // The call is over anyway.
        }
    }

    private ApiError told() {
        if (cutShort) {
            return ApiError
                    .timeout("The answer was cut off: the request's time is over. Ask for less, or submit a batch.");
        }
        return ApiError.badGateway(
                "The answer broke off: the endpoint failed while it was answering. Ask again.");
    }

    private ProviderReply answer() {
        return new ProviderReply.Answer(new byte[0], usage(), stream.remaining());
    }

    /** What has come of it so far, which is all there will be: the provider's own count, or else an estimate. */
    private Usage usage() {
        return stream.usage()
                .orElseGet(() -> new Usage(
                        demand.inputTokens(), Math.ceilDiv(stream.characters(), CHARACTERS_PER_TOKEN), 0, 0));
    }
}
