package ailb.gateway;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Hands one answer of a function to its caller. Documented are the limits of time and rate and that the answer goes out as
 * it comes once its prelude is there. A failure in the middle cuts the answer off, without its last chunk. An empty body
 * leaves the caller waiting, as users report, here until the idle timeout.
 */
final class Relay {

    private static final int SLICE = 64 * 1024;

    private final AnswerPipe answer;
    private final Caller caller;
    private final GatewaySettings settings;
    private final GatewayClock clock;
    private final Consumer<String> complaints;
    private final TransferRate rate = TransferRate.ofGateway();
    private final long end;
    private final Runnable stopListening;
    private long lastSign;
    private long sent;

    /** @param stopListening called where the answer is not taken to its end */
    Relay(
            AnswerPipe answer,
            Caller caller,
            GatewaySettings settings,
            GatewayClock clock,
            Consumer<String> complaints,
            Runnable stopListening) {
        this.answer = answer;
        this.caller = caller;
        this.settings = settings;
        this.clock = clock;
        this.complaints = complaints;
        this.stopListening = stopListening;
        this.lastSign = clock.nanoTime();
        this.end = lastSign + settings.longestAnswer().toNanos();
    }

    /**
     * Hands it on until it ends.
     *
     * @return whether the caller's connection is good for another request
     * @throws IOException when the caller has hung up
     */
    boolean run() throws IOException, InterruptedException {
        boolean isWhole = false;
        try {
            Optional<PreludeReader.Beginning> beginning = beginning();
            if (beginning.isEmpty()) {
                return true;
            }
            caller.send(beginning.get().prelude());
            isWhole = body(beginning.get());
            return isWhole;
        } finally {
            if (!isWhole) {
                stopListening.run();
            }
        }
    }

    /** Empty where the gateway has answered by itself. */
    private Optional<PreludeReader.Beginning> beginning() throws IOException, InterruptedException {
        PreludeReader reader = new PreludeReader();
        try {
            while (true) {
                Optional<PreludeReader.Beginning> found = switch (next()) {
                    case AnswerPipe.Bytes(byte[] bytes) -> reader.add(bytes);
                    case AnswerPipe.End() when reader.isEmpty() -> throw refused(
                            GatewayError.BAD_ANSWER, "an empty answer");
                    case AnswerPipe.End() -> throw refused(GatewayError.NO_PRELUDE, "no eight NULs");
                    case AnswerPipe.Failed(String why) -> throw refused(
                            GatewayError.BAD_ANSWER, "the function failed: " + why);
                    case AnswerPipe.Silence() -> throw refused(GatewayError.TIMED_OUT, overdue());
                };
                if (found.isPresent()) {
                    return found;
                }
            }
        } catch (MalformedAnswerException e) {
            complaints.accept(e.getMessage());
            caller.send(e.error(), false);
            return Optional.empty();
        }
    }

    private static MalformedAnswerException refused(GatewayError error, String why) {
        return new MalformedAnswerException(error, why);
    }

    /** Whether it came to its end. */
    private boolean body(PreludeReader.Beginning beginning) throws IOException, InterruptedException {
        boolean hasBody = caller.hasBody(beginning.prelude());
        AnswerPipe.Next next = new AnswerPipe.Bytes(beginning.body());
        while (next instanceof AnswerPipe.Bytes(byte[] bytes)) {
            if (hasBody && !send(bytes)) {
                return false;
            }
            next = next();
        }
        return switch (next) {
            case AnswerPipe.Bytes _,AnswerPipe.End _ -> !hasBody || finish();
            case AnswerPipe.Failed(String why) -> cutOff("the function failed in the middle: " + why);
            case AnswerPipe.Silence() -> cutOff(overdue());
        };
    }

    private boolean finish() throws IOException, InterruptedException {
        if (sent == 0) {
            complaints.accept("an empty body: the caller waits");
            clock.awaitUntil(limit());
            return false;
        }
        caller.sendLastChunk();
        return true;
    }

    private boolean cutOff(String why) {
        complaints.accept(why);
        return false;
    }

    private AnswerPipe.Next next() throws InterruptedException {
        AnswerPipe.Next next = answer.take(limit());
        lastSign = clock.nanoTime();
        return next;
    }

    /** When the gateway gives up if nothing comes. */
    private long limit() {
        return Math.min(end, lastSign + settings.longestSilence().toNanos());
    }

    private String overdue() {
        Duration limit = end - clock.nanoTime() <= 0 ? settings.longestAnswer() : settings.longestSilence();
        return (end - clock.nanoTime() <= 0 ? "the answer took longer than " : "the function was silent for ") + limit;
    }

    /** At full speed a piece is a chunk; after that it goes out in slices. False where its time is over. */
    private boolean send(byte[] bytes) throws IOException, InterruptedException {
        for (int from = 0; from < bytes.length;) {
            long fast = rate.atFullSpeed();
            int length = (int) Math.min(bytes.length - from, fast > 0 ? fast : SLICE);
            clock.awaitUntil(Math.min(end, rate.take(length, clock.nanoTime())));
            if (end - clock.nanoTime() <= 0) {
                return cutOff(overdue());
            }
            lastSign = clock.nanoTime();
            caller.sendChunk(bytes, from, length);
            from += length;
            sent += length;
        }
        return true;
    }
}
