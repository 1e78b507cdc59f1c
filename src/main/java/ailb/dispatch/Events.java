package ailb.dispatch;

import java.io.IOException;

/** An answer that comes as events. */
public interface Events {

    /** Takes bytes of events for the caller, in order. */
    interface Sink {

        /** @throws IOException when the caller is gone: the call to the provider is ended then */
        void send(byte[] events) throws IOException;

        /**
         * There have been no events for some seconds, but there may still be.
         *
         * @throws IOException when the caller is gone
         */
        default void silence() throws IOException {}
    }

    /**
     * Sends all events as they come, to the last, and reports the call. To be called once, whoever is there to listen.
     *
     * @throws InterruptedException when the calling thread is interrupted; the call to the provider is ended then
     */
    void sendTo(Sink sink) throws InterruptedException;
}
