package ailb.lambda;

import ailb.lambda.Loopback.Reply;
import ailb.lambda.Loopback.Request;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Lambda's side of the runtime API, version 2018-06-01: hands invocations to a runtime interface client and takes what it
 * answers, with the extra step by which an instance under SnapStart waits to be restored.
 */
final class FakeRuntimeApi implements AutoCloseable {

    /** What an invocation came to, and when, on the monotonic clock. */
    record Answer(String json, long nanoTime) {}

    private record Invocation(String id, String event, long deadline, CompletableFuture<Answer> answer) {}

    private static final String ROOT = "/2018-06-01/runtime/";
    private static final Reply ACCEPTED = Reply.json(202, "{\"status\":\"OK\"}");

    private final BlockingQueue<Invocation> waiting = new LinkedBlockingQueue<>();
    private final Map<String, Invocation> underWay = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> asked = new CompletableFuture<>();
    private final CompletableFuture<String> initError = new CompletableFuture<>();
    private final CompletableFuture<Void> checkpoint = new CompletableFuture<>();
    private final CountDownLatch restored = new CountDownLatch(1);
    private final Loopback server;

    FakeRuntimeApi() throws IOException {
        server = Loopback.serving(this::answer);
    }

    String authority() {
        return server.authority();
    }

    /** @param deadline when the function would be killed, epoch milliseconds */
    CompletableFuture<Answer> invoke(String event, long deadline) {
        Invocation invocation =
                new Invocation(UUID.randomUUID().toString(), event, deadline, new CompletableFuture<>());
        underWay.put(invocation.id(), invocation);
        waiting.add(invocation);
        return invocation.answer();
    }

    /** Done when the instance has asked for anything. */
    CompletableFuture<Void> asked() {
        return asked;
    }

    /** Done when the instance has run its hooks and is ready for a snapshot. */
    CompletableFuture<Void> checkpoint() {
        return checkpoint;
    }

    void restore() {
        restored.countDown();
    }

    /** Done, with what was reported, when the function's initialisation failed. */
    CompletableFuture<String> initError() {
        return initError;
    }

    /** Tells everyone who waits that no answer will come. */
    void fail(String why) {
        RuntimeException failure = new IllegalStateException(why);
        underWay.values().forEach(invocation -> invocation.answer().completeExceptionally(failure));
        asked.completeExceptionally(failure);
        initError.completeExceptionally(failure);
        checkpoint.completeExceptionally(failure);
    }

    @Override
    public void close() {
        server.close();
        fail("the runtime API was closed");
    }

    private Reply answer(Request request) throws InterruptedException {
        asked.complete(null);
        String[] call = request.path().substring(ROOT.length()).split("/");
        return switch (call[0] + "/" + call[call.length - 1]) {
            case "invocation/next" -> next(waiting.take());
            case "invocation/response" -> {
                answerOf(call[1]).complete(new Answer(request.body(), System.nanoTime()));
                yield ACCEPTED;
            }
            case "invocation/error" -> {
                answerOf(call[1]).completeExceptionally(new IllegalStateException(request.body()));
                yield ACCEPTED;
            }
            case "init/error" -> {
                initError.complete(request.body());
                yield ACCEPTED;
            }
            case "restore/next" -> {
                checkpoint.complete(null);
                restored.await();
                yield Reply.json(200, "");
            }
            case "restore/error" -> {
                fail("restore failed: " + request.body());
                yield ACCEPTED;
            }
            default -> Reply.json(404, "{}");
        };
    }

    private CompletableFuture<Answer> answerOf(String id) {
        return underWay.get(id).answer();
    }

    private static Reply next(Invocation invocation) {
        return new Reply(
                200,
                Map.of(
                        "Content-Type", "application/json",
                        "Lambda-Runtime-Aws-Request-Id", invocation.id(),
                        "Lambda-Runtime-Deadline-Ms", Long.toString(invocation.deadline()),
                        "Lambda-Runtime-Invoked-Function-Arn",
                        "arn:aws:lambda:us-east-1:123456789012:function:ai-load-balancer:live"),
                invocation.event());
    }
}
