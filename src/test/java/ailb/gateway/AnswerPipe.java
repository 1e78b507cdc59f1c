package ailb.gateway;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Between a function, which writes, and its caller's connection, which takes: one piece at a time. */
final class AnswerPipe extends OutputStream {

    /** What comes next of an answer. */
    sealed interface Next {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Bytes(byte[] bytes) implements Next {}

    record End() implements Next {}

    record Failed(String why) implements Next {}

    /** Nothing by the deadline. */
    record Silence() implements Next {}

    private enum Reader {
        LISTENS,
        DISCARDS,
        IS_GONE
    }

    private final GatewayClock clock;
    private Reader reader = Reader.LISTENS;
    private byte @Nullable [] piece;
    private @Nullable Next last;

    AnswerPipe(GatewayClock clock) {
        this.clock = clock;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[]{(byte) value}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        while (piece != null && reader == Reader.LISTENS) {
            awaitChange();
        }
        if (reader == Reader.IS_GONE) {
            throw new IOException("the gateway has dropped the connection to the function");
        }
        if (reader == Reader.LISTENS && length > 0) {
            piece = Arrays.copyOfRange(bytes, offset, offset + length);
            notifyAll();
        }
    }

    private void awaitChange() throws IOException {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the caller was slow", e);
        }
    }

    /** The function has said all. */
    synchronized void end() {
        last = new End();
        notifyAll();
    }

    /** The function has failed. */
    synchronized void fail(String why) {
        last = new Failed(why);
        notifyAll();
    }

    /** Nobody takes any more, and the function is told when it writes. */
    synchronized void drop() {
        reader = Reader.IS_GONE;
        notifyAll();
    }

    /** Nobody takes any more, and the function does not learn it. */
    synchronized void discard() {
        reader = Reader.DISCARDS;
        notifyAll();
    }

    /** Takes the next piece, or waits for it until the clock's {@code deadline}. */
    Next take(long deadline) throws InterruptedException {
        GatewayClock.Alarm alarm = clock.alarm(deadline, this::wake);
        try {
            return awaitNext(deadline);
        } finally {
            alarm.cancel();
        }
    }

    private synchronized void wake() {
        notifyAll();
    }

    private synchronized Next awaitNext(long deadline) throws InterruptedException {
        while (piece == null && last == null && deadline - clock.nanoTime() > 0) {
            wait();
        }
        byte[] taken = piece;
        if (taken != null) {
            piece = null;
            notifyAll();
            return new Bytes(taken);
        }
        return last != null ? last : new Silence();
    }
}
