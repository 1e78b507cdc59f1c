package ailb.bench;

import ailb.lambda.ControlledProvider;
import ailb.lambda.ControlledProvider.Call;
import ailb.lambda.DeployedStack;
import ailb.lambda.StreamReader;
import ailb.lambda.TaskRoot;
import ailb.lambda.Wire;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much later a caller has an event of a stream than the provider sent it, through fake gateway, fake Runtime API and
 * the artifact's runtime, 1 and 20 streams at once, each with an instance of its own, as on Lambda; and how long an
 * instance takes from its start to the first byte of a stream. Each event holds the time at which it was sent. Provider,
 * gateway and callers are in this process, instances in others. Prints tables for docs/performance.md.
 */
public final class StreamRun {

    private static final int[] STREAMS = {1, 20};
    private static final int STARTS = 9;
    private static final int WORDS = 20;
    private static final Duration BETWEEN_EVENTS = Duration.ofMillis(20);
    private static final Duration WARM_UP = Duration.ofSeconds(60);
    private static final Duration MEASURED = Duration.ofSeconds(60);

    private static final String ID = "chatcmpl-1";
    private static final Pattern SENT = Pattern.compile("\"content\":\"(\\d+)\"");
    private static final String POOL = """
            {"endpoints": [{"name": "one", "provider": "openai", "base_url": "%s", "model_id": "gpt-4o-mini",
             "models": ["chat"], "api_key": "one", "requests_per_minute": 1000000}]}""";

    private final ControlledProvider provider = new ControlledProvider();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Path taskRoot;

    private StreamRun(Path taskRoot) throws IOException {
        this.taskRoot = taskRoot;
    }

    public static void main(String[] arguments) throws Exception {
        try (TaskRoot root = new TaskRoot()) {
            StreamRun run = new StreamRun(root.folder());
            run.measureDelays();
            run.measureStarts();
        }
        System.exit(0); // DynamoDB Local leaves threads behind
    }

    private DeployedStack deploy() throws Exception {
        Path folder = Files.createTempDirectory("stream-run");
        return new DeployedStack(
                taskRoot, folder, POOL.formatted(provider.baseUrl("one")), Map.of("one", "sk-of-nobody"));
    }

    private void measureDelays() throws Exception {
        System.out.println("| streams at once | asked | streams | first event p50, p99 | later events p50, p99 |");
        System.out.println("|---|---|---|---|---|");
        Future<?> answers = threads.submit(this::answerCalls);
        for (int streams : STREAMS) {
            try (DeployedStack stack = deploy()) {
                for (int i = 0; i < streams; i++) {
                    stack.startInstance();
                }
                measure(streams, "provider", URI.create(provider.baseUrl("direct")));
                measure(streams, "deployed", stack.uri());
            }
        }
        answers.cancel(true);
    }

    private Void answerCalls() throws InterruptedException {
        while (true) {
            Call call = provider.next();
            var _ = threads.submit(() -> stream(call));
        }
    }

    private static Void stream(Call call) throws IOException, InterruptedException {
        call.begin();
        call.send(Wire.OPENAI.opening(ID));
        for (int i = 0; i < WORDS; i++) {
            Thread.sleep(BETWEEN_EVENTS);
            call.send(Wire.OPENAI.word(ID, Long.toString(System.nanoTime())));
        }
        call.send(Wire.OPENAI.closing(ID));
        call.end();
        return null;
    }

    /** How much later events came than they were sent, nanoseconds. */
    private record Delays(List<Long> first, List<Long> later) {}

    private void measure(int streams, String asked, URI base) throws Exception {
        ask(streams, base, WARM_UP);
        Delays delays = ask(streams, base, MEASURED);
        System.out.printf(
                "| %d | %s | %d | %s | %s |%n", streams, asked, delays.first.size(), quantiles(delays.first),
                quantiles(delays.later));
    }

    /** On so many connections, for so long, one stream after the other. */
    private Delays ask(int streams, URI base, Duration time) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        List<Future<Delays>> callers = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            Random random = new Random(i);
            callers.add(threads.submit(() -> read(base, end, random)));
        }
        Delays all = new Delays(new ArrayList<>(), new ArrayList<>());
        for (Future<Delays> caller : callers) {
            all.first.addAll(caller.get().first);
            all.later.addAll(caller.get().later);
        }
        return all;
    }

    /** A pause between streams, or all of them would go in step. */
    private static Delays read(URI base, long end, Random random) throws Exception {
        Delays delays = new Delays(new ArrayList<>(), new ArrayList<>());
        while (System.nanoTime() < end) {
            Thread.sleep(random.nextLong(BETWEEN_EVENTS.toMillis()));
            StreamReader answer = post(base);
            int words = 0;
            for (String event = answer.event(); !event.isEmpty(); event = answer.event()) {
                long now = System.nanoTime();
                Matcher sent = SENT.matcher(event);
                if (sent.find()) {
                    (words == 0 ? delays.first : delays.later).add(now - Long.parseLong(sent.group(1)));
                    words++;
                }
            }
            if (words != WORDS) {
                throw new IllegalStateException("a stream of " + words + " words, status " + answer.status());
            }
        }
        return delays;
    }

    private static StreamReader post(URI base) {
        return StreamReader.post(
                URI.create(base + Wire.OPENAI.path()), Wire.OPENAI.headers(DeployedStack.CLIENT_KEY),
                Wire.OPENAI.request("chat", true));
    }

    private static String quantiles(List<Long> nanos) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        return String.format(
                Locale.ROOT, "%.2f, %.2f ms", sorted[sorted.length / 2] / 1e6,
                sorted[(int) (0.99 * (sorted.length - 1))] / 1e6);
    }

    private void measureStarts() throws Exception {
        measureStart(); // the fakes have run then
        long[] took = new long[STARTS];
        for (int i = 0; i < STARTS; i++) {
            took[i] = measureStart();
        }
        Arrays.sort(took);
        System.out.printf(
                Locale.ROOT, "From exec to the first byte of a stream: %.0f ms (median of %d, %.0f to %.0f)%n",
                took[STARTS / 2] / 1e6, STARTS, took[0] / 1e6, took[STARTS - 1] / 1e6);
    }

    /** The request waits already when the instance is started, and the provider answers at once. Nanoseconds. */
    private long measureStart() throws Exception {
        try (DeployedStack stack = deploy()) {
            StreamReader answer = post(stack.uri());
            long start = System.nanoTime();
            stack.startInstance();
            Call call = provider.next();
            call.begin();
            call.send(Wire.OPENAI.stream(ID, "word"));
            call.end();
            answer.event();
            return System.nanoTime() - start;
        }
    }
}
