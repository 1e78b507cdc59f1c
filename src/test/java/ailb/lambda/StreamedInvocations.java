package ailb.lambda;

import ailb.gateway.StreamingFunction;
import ailb.runtime.FakeApi;
import ailb.runtime.FakeApi.Incoming;
import ailb.runtime.FakeApi.Invoked;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Lambda between a gateway and the instances that ask a Runtime API for invocations: a response is handed on chunk by
 * chunk, and broken off where the gateway takes no more of it.
 */
record StreamedInvocations(FakeApi api) implements StreamingFunction {

    @Override
    public void invoke(String event, OutputStream answer) throws IOException, InterruptedException {
        CompletableFuture<Map<String, String>> over = new CompletableFuture<>();
        Invoked invoked = api.invoke(event, response -> {
            try {
                over.complete(handOn(response, answer));
            } catch (IOException | RuntimeException e) {
                over.completeExceptionally(e);
                response.reset();
            }
        });
        var _ = invoked.failure().thenAccept(error -> over.completeExceptionally(new IOException(error.body())));
        try {
            Map<String, String> trailers = over.get();
            if (!trailers.isEmpty()) {
                throw new IOException("the response broke off: " + trailers);
            }
        } catch (ExecutionException e) {
            throw new IOException("the invocation failed: " + e.getCause().getMessage(), e);
        }
    }

    /** Returns the trailers. */
    private static Map<String, String> handOn(Incoming response, OutputStream answer) throws IOException {
        for (byte[] chunk = response.takeBytes(); chunk != null; chunk = response.takeBytes()) {
            answer.write(chunk);
        }
        response.answer(202, "{\"status\":\"OK\"}");
        return response.trailers();
    }
}
