package ailb.api;

import java.io.IOException;
import java.util.Map;

/** An answer that is produced while it is sent, including its head (ADR 24). */
@FunctionalInterface
public non-sealed interface ApiStream extends ApiAnswer {

    /**
     * Produces the answer and sends it. Must be called exactly once, even if the caller is gone.
     *
     * @throws InterruptedException when the calling thread is interrupted; the answer ends then
     */
    void sendTo(Connection caller) throws InterruptedException;

    /**
     * PORT: the connection to the caller. Sends one answer, whole or in parts. An IOException means that the caller is
     * gone.
     */
    interface Connection {

        /** Sends a whole answer; nothing may be sent before or after it. */
        void send(ApiResponse response) throws IOException;

        /** Sends the head of an answer. */
        void begin(int status, Map<String, String> headers) throws IOException;

        /** Sends a part of the body immediately. Call only after the head. */
        void send(byte[] part) throws IOException;
    }
}
