package ailb.api;

import ailb.dispatch.DispatchResult;
import ailb.dispatch.Dispatcher;
import ailb.dispatch.StreamCaller;
import ailb.port.Deadline;
import ailb.port.FatalError;
import ailb.protocol.ModelRequest;
import ailb.protocol.error.ApiError;
import ailb.protocol.stream.OwnEvents;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The answer to a request for a stream (ADR 24). It sends the events, or a whole error response if nothing has been
 * sent yet, or an error event if only the head has been sent.
 *
 * @param headers for every answer to this request; read when the answer begins
 * @param most maximum total size of the events, bytes; the front end's limit
 */
record StreamedAnswer(
        Dispatcher dispatcher,
        ModelRequest request,
        Deadline deadline,
        Supplier<Map<String, String>> headers,
        long most)
        implements
            ApiStream {

    private static final System.Logger LOG = System.getLogger(StreamedAnswer.class.getName());

    @Override
    public void sendTo(Connection connection) throws InterruptedException {
        Caller caller = new Caller(connection);
        try {
            conclude(caller);
        } catch (IOException callerIsGone) {
            // The caller is gone.
        }
    }

    private void conclude(Caller caller) throws IOException, InterruptedException {
        try {
            caller.end(dispatcher.dispatch(request, deadline, caller));
        } catch (InterruptedException e) {
            caller.end(Api.SHUTTING_DOWN);
            throw e;
        } catch (RuntimeException | Error e) {
            FatalError.rethrow(e);
            LOG.log(System.Logger.Level.ERROR,
                    "a bug in the balancer, found by request " + headers.get().get("x-request-id"), e);
            caller.end(Api.BUG);
        }
    }

    private final class Caller implements StreamCaller {

        private final Connection connection;
        private boolean hasBegun;
        private long sent;

        Caller(Connection connection) {
            this.connection = connection;
        }

        @Override
        public void begin(String endpoint, int attempts) throws IOException {
            hasBegun = true;
            Map<String, String> head = new HashMap<>(headers.get());
            head.put("content-type", "text/event-stream");
            head.put("cache-control", "no-cache");
            if (!endpoint.isEmpty()) {
                head.putAll(Api.trace(endpoint, attempts));
            }
            connection.begin(200, head);
        }

        @Override
        public void send(byte[] events) throws IOException {
            sent += events.length;
            if (sent > most) {
                connection.send(OwnEvents.error(request.kind(), ApiError.answerTooLarge(most)));
                throw new IOException("the answer is too large to return");
            }
            connection.send(events);
        }

        @Override
        public void heartbeat() throws IOException {
            connection.send(OwnEvents.heartbeat(request.kind().protocol()));
        }

        void end(DispatchResult result) throws IOException {
            switch (result) {
                case DispatchResult.Streamed _,DispatchResult.HungUp _ -> {
                    // Everything has been sent.
                }
                case DispatchResult.PassedOn(_, _, int status, byte[] body) when hasBegun ->
                    connection.send(OwnEvents.error(request.kind(), status, body));
                case DispatchResult.Declined(_, ApiError error, _) when hasBegun -> end(error);
                case DispatchResult.Answered _,DispatchResult.PassedOn _,DispatchResult.Declined _ ->
                    end(Api.response(result, request.kind().protocol()));
            }
        }

        void end(ApiError error) throws IOException {
            if (hasBegun) {
                connection.send(OwnEvents.error(request.kind(), error));
            } else {
                end(Responses.error(error, request.kind().protocol()));
            }
        }

        private void end(ApiResponse response) throws IOException {
            connection.send(Responses.withHeaders(response, headers.get()));
        }
    }
}
