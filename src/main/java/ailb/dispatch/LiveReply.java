package ailb.dispatch;

import ailb.admission.Demand;
import ailb.pool.FailureClass;
import ailb.protocol.ApiError;
import ailb.protocol.ProviderReply;
import ailb.protocol.ReplyStream;
import ailb.protocol.Usage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A reply that comes as events. Up to the first of them the request can still go elsewhere; from then on it is handed on
 * to its end, and the call is reported then.
 */
final class LiveReply implements Events {

    /** A stream that says nothing for so long is broken. */
    private static final long LONGEST_SILENCE = Duration.ofSeconds(60).toNanos();

    private static final long CHARACTERS_PER_TOKEN = 4;

    private final ReplyStream stream;
    private final Upstream.Body body;
    private final Demand demand;
    private final TimeSource time;
    private final long end;
    private final Consumer<ProviderReply> report;
    private ReplyStream.Step step = new ReplyStream.More(new byte[0]);

    /**
     * @param demand what the call was admitted on
     * @param end by when the stream must have ended, on the monotonic clock
     * @param report takes what came of the call, once, if it is handed on
     */
    LiveReply(
            ReplyStream stream,
            Upstream.Body body,
            Demand demand,
            TimeSource time,
            long end,
            Consumer<ProviderReply> report) {
        this.stream = stream;
        this.body = body;
        this.demand = demand;
        this.time = time;
        this.end = end;
        this.report = report;
    }

    /** Waits for the first event. Where there is none, why; the call is over then. */
    Optional<ProviderReply.Failure> begin() throws InterruptedException {
        try {
            while (step instanceof ReplyStream.More(byte[] events) && events.length == 0) {
                step = next();
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

    private ReplyStream.Step next() throws InterruptedException {
        long left = Math.min(LONGEST_SILENCE, end - time.monotonic());
        if (left <= 0) {
            return lost(FailureClass.TIMEOUT, "the stream did not end in time");
        }
        return switch (body.next(Duration.ofNanos(left))) {
            case Upstream.Bytes(byte[] bytes) -> stream.feed(bytes);
            case Upstream.End() -> stream.end();
            case Upstream.Lost(FailureClass failure, String detail) -> lost(failure, detail);
        };
    }

    private static ReplyStream.Step lost(FailureClass failure, String detail) {
        return new ReplyStream.Broken(
                new byte[0],
                new ProviderReply.Failure(
                        failure, 200, new byte[0], detail, true, Optional.empty(), Optional.empty(), List.of()));
    }

    @Override
    public void sendTo(Sink sink) throws InterruptedException {
        ProviderReply ended = answer();
        try (body) {
            ended = handOn(sink);
        } catch (IOException callerIsGone) {
            ended = answer();
        } finally {
            report.accept(ended);
        }
    }

    private ProviderReply handOn(Sink sink) throws IOException, InterruptedException {
        while (true) {
            if (step.events().length > 0) {
                sink.send(step.events());
            }
            switch (step) {
                case ReplyStream.More _ -> step = next();
                case ReplyStream.Complete _ -> {
                    return answer();
                }
                case ReplyStream.Broken(_, ProviderReply.Failure failure) -> {
                    sink.send(stream.error(ApiError.badGateway(
                            "The answer broke off: the endpoint failed while it was answering. Ask again.")));
                    return failure;
                }
            }
        }
    }

    /** What has come of it so far, which is all there will be: the provider's own count, or else an estimate. */
    private ProviderReply answer() {
        Usage usage = stream.usage()
                .orElseGet(() -> new Usage(
                        demand.inputTokens(), Math.ceilDiv(stream.characters(), CHARACTERS_PER_TOKEN), 0, 0));
        return new ProviderReply.Answer(new byte[0], usage, stream.remaining());
    }
}
