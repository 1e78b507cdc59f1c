package ailb.gateway;

import static ailb.gateway.ToyFunction.OK;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ailb.gateway.GatewaySettings.HangUp;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the gateway does about time, speed and callers who hang up, on a clock that the tests move. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GatewayLimitsTest extends GatewayFixture {

    private static final Duration INSTANT = Duration.ofMillis(1);
    private static final Duration IDLE = Duration.ofMinutes(5);
    private static final Duration LONGEST = Duration.ofMinutes(15);
    private static final int SLICE = 64 * 1024;
    private static final int FULL_SPEED = 10 * 1024 * 1024;

    /** 64 KB at 2 MB a second. */
    private static final Duration OF_SLICE = Duration.ofNanos(31_250_000);

    private final SteppedGatewayClock clock = new SteppedGatewayClock(Instant.parse("2026-06-01T10:30:00Z"));
    private final SynchronousQueue<String> pieces = new SynchronousQueue<>();

    @Test
    void aFunctionMayBeSilentForFiveMinutesAndNoLonger() throws Exception {
        FakeGateway gateway = stepped(handedPieces());
        RawCaller caller = askedBy(gateway);
        clock.advance(IDLE.minus(INSTANT));
        pieces.put(OK);
        caller.readHead();
        clock.advance(IDLE.minus(INSTANT));
        pieces.put("late");
        assertThat(caller.readChunk()).isEqualTo("late");
        clock.advance(IDLE);

        assertThatThrownBy(caller::readChunk).isInstanceOf(EOFException.class);
        assertThat(gateway.complaints()).containsExactly("the function was silent for PT5M");
    }

    @Test
    void aFunctionThatSaysNothingAtAllIsAGatewayTimeout() throws Exception {
        CountDownLatch invoked = new CountDownLatch(1);
        FakeGateway gateway = stepped(ToyFunction.answering(_ -> {
            invoked.countDown();
            pieces.take();
        }));
        RawCaller caller = askedBy(gateway);
        invoked.await();
        clock.advance(IDLE);

        assertThat(caller.readHead()).first().asString().startsWith("HTTP/1.1 504");
        String body = "{\"message\":\"Endpoint request timed out\"}";
        assertThat(caller.read(body.length())).isEqualTo(body);
        assertThat(gateway.complaints()).containsExactly("the function was silent for PT5M");
    }

    @Test
    void anAnswerMayTakeFifteenMinutesAndNoLonger() throws Exception {
        FakeGateway gateway = stepped(handedPieces());
        RawCaller caller = askedBy(gateway);
        pieces.put(OK);
        caller.readHead();
        for (Duration left = LONGEST; left.compareTo(IDLE) >= 0; left = left.minusMinutes(4)) {
            clock.advance(Duration.ofMinutes(4));
            pieces.put("sign of life");
            assertThat(caller.readChunk()).isEqualTo("sign of life");
        }
        clock.advance(Duration.ofMinutes(3));

        assertThatThrownBy(caller::readChunk).isInstanceOf(EOFException.class);
        assertThat(gateway.complaints()).containsExactly("the answer took longer than PT15M");
    }

    /** The answer ends a moment after its head, so that this wait is known by when it ends. */
    @Test
    void anEmptyBodyLeavesTheCallerWaiting() throws Exception {
        CountDownLatch aMomentLater = new CountDownLatch(1);
        FakeGateway gateway = stepped(ToyFunction.answering(out -> {
            ToyFunction.write(out, OK);
            aMomentLater.await();
        }));
        RawCaller caller = askedBy(gateway);
        caller.readHead();
        clock.advance(INSTANT);
        aMomentLater.countDown();
        clock.awaitAlarmAt(INSTANT.plus(IDLE).toNanos());
        clock.advance(IDLE);

        assertThat(caller.readToEnd()).isEmpty();
        assertThat(gateway.complaints()).containsExactly("an empty body: the caller waits");
    }

    @Test
    void afterTenMegabytesAnAnswerGoesOutAtTwoMegabytesASecond() throws Exception {
        RawCaller caller = askedBy(stepped(ToyFunction.answering(out -> {
            out.write(OK.getBytes(UTF_8));
            out.write(new byte[FULL_SPEED]);
            out.write(new byte[2 * SLICE]);
        })));

        caller.readHead();
        assertThat(caller.readChunk()).hasSize(FULL_SPEED);
        clock.awaitAlarmAt(OF_SLICE.toNanos());
        clock.advance(OF_SLICE);
        assertThat(caller.readChunk()).hasSize(SLICE);
        clock.awaitAlarmAt(2 * OF_SLICE.toNanos());
        clock.advance(OF_SLICE);
        assertThat(caller.readChunk()).hasSize(SLICE);
        assertThat(caller.readChunk()).isEmpty();
    }

    /** One piece waits for its time and one before it: no third is taken. */
    @Test
    void aFunctionWaitsForItsAnswerToGoOut() throws Exception {
        AtomicInteger taken = new AtomicInteger();
        RawCaller caller = askedBy(stepped(ToyFunction.answering(out -> {
            out.write(OK.getBytes(UTF_8));
            while (true) {
                out.write(new byte[SLICE]);
                taken.incrementAndGet();
            }
        })));
        caller.readHead();
        for (int read = 0; read < FULL_SPEED; read += SLICE) {
            caller.readChunk();
        }
        clock.awaitAlarmAt(OF_SLICE.toNanos());

        assertThat(taken.get()).isLessThanOrEqualTo(FULL_SPEED / SLICE + 2);
    }

    @Test
    void aFunctionIsToldOfAHangUpWhenItWrites() throws Exception {
        CompletableFuture<IOException> told = new CompletableFuture<>();
        RawCaller caller = askedBy(stepped(ToyFunction.answering(out -> {
            ToyFunction.write(out, OK);
            try {
                while (true) {
                    ToyFunction.write(out, "x");
                }
            } catch (IOException e) {
                told.complete(e);
            }
        })));
        caller.readHead();
        caller.hangUp();

        assertThat(told.get()).hasMessageContaining("dropped");
    }

    /** As users report of the real one. More is written than a connection holds. */
    @Test
    void aFunctionIsNotToldOfAHangUpWhereTheGatewayReadsOn() throws Exception {
        CountDownLatch hungUp = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        GatewaySettings settings = GatewaySettings.deployed().with(HangUp.IS_NOT_TOLD);
        RawCaller caller = askedBy(stepped(ToyFunction.answering(out -> {
            ToyFunction.write(out, OK);
            hungUp.await();
            for (int i = 0; i < 1000; i++) {
                out.write(new byte[SLICE]);
            }
            ended.countDown();
        }), settings));
        caller.readHead();
        caller.hangUp();
        hungUp.countDown();

        ended.await();
    }

    /** AWS says that a function may run on when its answer's time is over. */
    @ParameterizedTest
    @EnumSource(HangUp.class)
    void aFunctionLearnsOfItsTimeoutAsOfAHangUp(HangUp hangUp) throws Exception {
        CompletableFuture<Boolean> isTold = new CompletableFuture<>();
        CountDownLatch timeIsOver = new CountDownLatch(1);
        FakeGateway gateway = stepped(ToyFunction.answering(out -> {
            ToyFunction.write(out, OK + "x");
            timeIsOver.await();
            try {
                ToyFunction.write(out, "too late");
                isTold.complete(false);
            } catch (IOException e) {
                isTold.complete(true);
            }
        }), GatewaySettings.deployed().with(hangUp));
        RawCaller caller = askedBy(gateway);
        caller.readHead();
        caller.readChunk();
        clock.advance(IDLE);
        assertThat(caller.readToEnd()).isEmpty();
        timeIsOver.countDown();

        assertThat(isTold.get()).isEqualTo(hangUp == HangUp.ENDS_THE_CALL);
    }

    private ToyFunction handedPieces() {
        return ToyFunction.answering(out -> {
            while (true) {
                ToyFunction.write(out, pieces.take());
            }
        });
    }

    private FakeGateway stepped(StreamingFunction function) throws IOException {
        return stepped(function, GatewaySettings.deployed());
    }

    private FakeGateway stepped(StreamingFunction function, GatewaySettings settings) throws IOException {
        return gateway(function, settings, clock);
    }

    private RawCaller askedBy(FakeGateway gateway) throws IOException {
        RawCaller caller = caller(gateway);
        caller.get("/v1/x");
        return caller;
    }
}
