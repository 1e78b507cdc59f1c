package ailb.dispatch;

import java.io.IOException;

/** PORT: the caller that waits for a stream of events. Used by one thread. */
public interface StreamCaller {

    /**
     * Sends the head of the answer. Called once, before anything else.
     *
     * @param endpoint that answers; empty if none does yet
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
     * Sends something that clients ignore, because no event has come for some seconds.
     *
     * @throws IOException when the caller is gone
     */
    void heartbeat() throws IOException;
}
