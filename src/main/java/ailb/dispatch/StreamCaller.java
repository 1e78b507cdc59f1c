package ailb.dispatch;

import java.io.IOException;

/** PORT: who waits for a stream of events. Used by one thread. */
public interface StreamCaller {

    /**
     * Sends the head of the answer. Comes once, before anything else.
     *
     * @param endpoint that answers; empty where none does yet
     * @param attempts calls made so far
     * @throws IOException when the caller is gone
     */
    void begin(String endpoint, int attempts) throws IOException;

    /**
     * Sends events of the answer at once.
     *
     * @throws IOException when the caller is gone: the call to the provider is ended then
     */
    void send(byte[] events) throws IOException;

    /**
     * Sends something that clients take no notice of, as there have been no events for some seconds.
     *
     * @throws IOException when the caller is gone
     */
    void heartbeat() throws IOException;
}
