package ailb.api;

import java.io.IOException;
import java.util.Map;

/** An answer that is made while it is sent, its head included. */
@FunctionalInterface
public non-sealed interface ApiStream extends ApiAnswer {

    /**
     * Makes the answer and sends it. To be called once, whoever is there to listen.
     *
     * @throws InterruptedException when the calling thread is interrupted; the answer ends then
     */
    void sendTo(Connection caller) throws InterruptedException;

    /** PORT: the way to the caller. Sends one answer, in one of two ways; an IOException means that the caller is gone. */
    interface Connection {

        /** Sends a whole answer, and nothing before it or after. */
        void send(ApiResponse response) throws IOException;

        /** Sends the head of an answer. */
        void begin(int status, Map<String, String> headers) throws IOException;

        /** Sends some of the body at once. Only after the head. */
        void send(byte[] part) throws IOException;
    }
}
