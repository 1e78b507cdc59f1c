package ailb.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What the balancer adds to a call, end to end: callers on 1, 10 and 50 connections ask a provider that takes 100 ms,
 * directly, through a bare proxy made of the balancer's HTTP server and client, and through the balancer. Between its calls
 * each caller pauses for up to 20 ms by chance: as every call takes as long, they would go in step otherwise, and be queued
 * behind each other. Provider, proxy, balancer and callers are processes of their own on loopback. Prints a table for
 * docs/performance.md.
 */
public final class LoadRun {

    private static final int[] CONNECTIONS = {1, 10, 50};
    private static final int WARM_UP_CONNECTIONS = 200;
    private static final Duration WARM_UP = Duration.ofSeconds(120);
    private static final Duration MEASURED = Duration.ofSeconds(20);
    private static final long LONGEST_PAUSE = Duration.ofMillis(20).toNanos();

    private static final String CHAT = """
            {"model":"chat","max_tokens":100,"messages":[{"role":"system","content":"Be brief."},\
            {"role":"user","content":"%s"}]}""".formatted("All work and no play. ".repeat(40));

    private LoadRun() {}

    public static void main(String[] arguments) throws IOException, InterruptedException, ExecutionException {
        try (LoadServer.Running provider = LoadServer.start("provider");
                LoadServer.Running bare = LoadServer.start("bare", provider.port());
                LoadServer.Running balancer = LoadServer.start("balancer", provider.port())) {
            System.out.println(
                    "| connections | asked | requests/s | p50, p95, p99 | added p50, p95, p99 | its CPU a request |");
            System.out.println("|---|---|---|---|---|---|");
            List<LoadServer.Running> servers = List.of(provider, bare, balancer);
            // Many requests: code that has run some thousand times only is still being compiled, or waits for it.
            for (LoadServer.Running server : servers) {
                run(server.chat(), WARM_UP_CONNECTIONS, WARM_UP);
            }
            for (int connections : CONNECTIONS) {
                long[] direct = new long[0];
                for (LoadServer.Running server : servers) {
                    long cpu = server.cpu();
                    long[] took = run(server.chat(), connections, MEASURED);
                    direct = server.equals(provider) ? took : direct;
                    row(connections, server, took, direct, server.cpu() - cpu);
                }
            }
        }
    }

    private static void row(int connections, LoadServer.Running server, long[] took, long[] direct, long cpu) {
        System.out.printf(
                Locale.ROOT,
                "| %d | %s | %d | %s | %s | %.2f ms |%n",
                connections,
                server.kind(),
                took.length / MEASURED.toSeconds(),
                quantiles(took, new long[3]),
                quantiles(took, new long[]{at(direct, 0.5), at(direct, 0.95), at(direct, 0.99)}),
                cpu / 1e6 / took.length);
    }

    private static String quantiles(long[] nanos, long[] less) {
        return String.format(
                Locale.ROOT,
                "%.2f, %.2f, %.2f ms",
                (at(nanos, 0.5) - less[0]) / 1e6,
                (at(nanos, 0.95) - less[1]) / 1e6,
                (at(nanos, 0.99) - less[2]) / 1e6);
    }

    private static long at(long[] sorted, double quantile) {
        return sorted[(int) (quantile * (sorted.length - 1))];
    }

    /** Asks for so long, one request after the other on each connection: how long each took, nanoseconds, sorted. */
    private static long[] run(URI uri, int connections, Duration time) throws InterruptedException, ExecutionException {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("authorization", "Bearer " + Pools.KEY)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(CHAT))
                .build();
        List<Future<List<Long>>> callers = new ArrayList<>();
        long end = System.nanoTime() + time.toNanos();
        try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < connections; i++) {
                callers.add(threads.submit(caller(client, request, end, new Random(i))));
            }
            List<Long> all = new ArrayList<>();
            for (Future<List<Long>> caller : callers) {
                all.addAll(caller.get());
            }
            long[] sorted = all.stream().mapToLong(Long::longValue).toArray();
            Arrays.sort(sorted);
            return sorted;
        }
    }

    private static Callable<List<Long>> caller(HttpClient client, HttpRequest request, long end, Random random) {
        return () -> {
            List<Long> took = new ArrayList<>();
            while (System.nanoTime() < end) {
                Thread.sleep(Duration.ofNanos(random.nextLong(LONGEST_PAUSE)));
                long start = System.nanoTime();
                HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
                took.add(System.nanoTime() - start);
                if (response.statusCode() != 200) {
                    throw new IllegalStateException(response.statusCode() + " " + response.body());
                }
            }
            return took;
        };
    }
}
