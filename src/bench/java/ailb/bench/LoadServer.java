package ailb.bench;

import ailb.api.Api;
import ailb.api.ApiRequest;
import ailb.api.ApiResponse;
import ailb.dispatch.Deadline;
import ailb.dispatch.TimeSource;
import ailb.http.HttpServer;
import ailb.http.HttpUpstream;
import ailb.lambda.SystemTime;
import ailb.pool.Provider;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** One of the two servers of {@link LoadRun}, in a process of its own: it prints its port, and ends with its input. */
final class LoadServer {

    private static final Duration PROVIDER_TAKES = Duration.ofMillis(100);
    private static final byte[] ANSWER = """
            {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,\
            "message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}],\
            "usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}""".getBytes(StandardCharsets.UTF_8);

    private LoadServer() {}

    /** @param arguments {@code provider}, or {@code balancer} and the provider's port */
    public static void main(String[] arguments) throws IOException {
        Function<ApiRequest, ApiResponse> handler =
                arguments[0].equals("provider") ? LoadServer::answer : balancer(arguments[1]);
        ApiResponse failure = new ApiResponse(500, Map.of(), new byte[0]);
        try (HttpServer server = HttpServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Api.MAX_BODY, handler, _ -> failure,
                _ -> failure)) {
            System.out.println(server.address().getPort());
            while (System.in.read() >= 0) {
                // until whoever started it closes it, or is gone
            }
        }
        System.exit(0);
    }

    private static ApiResponse answer(ApiRequest request) {
        try {
            Thread.sleep(PROVIDER_TAKES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new ApiResponse(200, Map.of("content-type", "application/json"), ANSWER);
    }

    private static Function<ApiRequest, ApiResponse> balancer(String providersPort) {
        TimeSource time = new SystemTime();
        URI provider = URI.create("http://127.0.0.1:" + providersPort + "/v1");
        Api api = Pools.api(Pools.endpoints(3, Provider.OPENAI, provider), new HttpUpstream(), time);
        return request -> api.handle(request, Deadline.in(Duration.ofSeconds(28), time));
    }

    /** A server that has been started. */
    record Running(Process process, String port) implements AutoCloseable {

        URI chat() {
            return URI.create("http://127.0.0.1:" + port + "/v1/chat/completions");
        }

        /** CPU time it has taken, nanoseconds. */
        long cpu() {
            return process.info().totalCpuDuration().orElseThrow().toNanos();
        }

        @Override
        public void close() throws IOException {
            process.getOutputStream().close();
        }
    }

    static Running start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-classpath", ManagementFactory.getRuntimeMXBean().getClassPath()));
        command.add(LoadServer.class.getName());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            return new Running(process, String.valueOf(out.readLine()));
        }
    }
}
