package ailb.sim;

import ailb.dispatch.ScriptedUpstream;
import ailb.pool.Endpoint;
import ailb.pool.FailureClass;
import ailb.pool.Pool;
import ailb.pool.Provider;
import ailb.port.Upstream;
import ailb.protocol.wire.ProviderRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** The providers behind the endpoints: they keep their limits by rules of their own, and have their bad times. */
final class Providers {

    private static final long SECOND = Enforcement.SECOND;

    private final Simulation time;
    private final Random random;
    private final Faults faults;
    private final World.Counts counts;
    private final Map<String, Endpoint> byHost = new HashMap<>();
    private final Map<String, List<Enforcement>> enforced;

    /** By the name of the endpoint's key. */
    private final Map<String, List<Course.Spell>> spells = new HashMap<>();

    Providers(
            Simulation time, Random random, Course course, Pool pool, Faults faults, World.Counts counts) {
        this.time = time;
        this.random = random;
        this.faults = faults;
        this.counts = counts;
        for (Endpoint endpoint : pool.endpoints()) {
            byHost.put(endpoint.baseUrl().getHost(), endpoint);
            spells.put(endpoint.apiKey(), course.spells()
                    .stream()
                    .filter(spell -> spell.endpoint().equals(endpoint.name()))
                    .toList());
        }
        this.enforced = Map.of(
                "bucket", List.of(new Enforcement.Bucket(600)),
                "smooth", List.of(
                        course.seed() % 2 == 0 ? new Enforcement.SlidingLog(300)
                                : Enforcement.FixedWindow.ofMinutes(300),
                        new Enforcement.SlidingLog(60_000)),
                "even", List.of(Enforcement.FixedWindow.ofSeconds(course.evenly())),
                Course.longName(), List.of(new Enforcement.Bucket(120), new Enforcement.Bucket(20_000)));
    }

    Endpoint endpoint(ProviderRequest request) {
        return byHost.get(request.uri().getHost());
    }

    /** What is stored under the name of a key now. */
    String storedKey(String name) {
        return isOn(name, Fault.WRONG_KEY) ? "wrong" : rightKey(name);
    }

    private String rightKey(String name) {
        long rotations = spells.get(name)
                .stream()
                .filter(spell -> spell.fault() == Fault.KEY_ROTATED && spell.from() <= time.now())
                .count();
        return name + "-" + rotations;
    }

    private boolean isOn(String key, Fault fault) {
        for (Course.Spell spell : spells.get(key)) {
            if (spell.fault() == fault && spell.from() <= time.now() && time.now() < spell.until()) {
                return true;
            }
        }
        return false;
    }

    private boolean strikes(Endpoint endpoint, Fault fault, double share) {
        return isOn(endpoint.apiKey(), fault) && faults.strikes(fault, share);
    }

    /**
     * @param stream whether the answer is to come as one: its first half of the time passes before the first event
     * @param permit that the call is made with, told what it has taken of tokens where that is known for certain
     */
    Upstream.Result call(ProviderRequest request, boolean stream, Duration timeout, Optional<Permit> permit)
            throws InterruptedException {
        Endpoint endpoint = endpoint(request);
        Size size = Size.of(request);
        time.sleep((long) (0.001 * SECOND * (1 + random.nextDouble())));
        long left = timeout.toNanos() - SECOND / 100;
        if (strikes(endpoint, Fault.BLACK_HOLE, 1)) {
            time.sleep(Math.max(0, left));
            return ScriptedUpstream.failed(FailureClass.TIMEOUT);
        }
        Optional<Upstream.Result> refusal = refusal(endpoint, request, size);
        if (refusal.isPresent()) {
            permit.ifPresent(call -> call.counted(0, 0));
            time.sleep((long) (0.05 * SECOND * random.nextDouble()));
            return refusal.get();
        }
        double seconds = Math.exp(0.5 * random.nextGaussian()) * (strikes(endpoint, Fault.SLOW_PROVIDER, 1) ? 10 : 1);
        if (seconds * SECOND > left) {
            time.sleep(Math.max(0, left));
            return ScriptedUpstream.failed(FailureClass.TIMEOUT);
        }
        Answer answer = new Answer(endpoint.provider(), size.inputTokens(), 1 + random.nextInt(size.maxTokens()));
        if (stream) {
            time.sleep((long) (seconds / 2 * SECOND));
            boolean breaksOff = faults.strikes(Fault.BROKEN_STREAM, 0.1);
            permit.ifPresent(call -> call.counted(answer.input(), answer.output()));
            permit.filter(_ -> breaksOff).ifPresent(Permit::brokeOff);
            return answer.stream(time, (long) (seconds / 20 * SECOND), breaksOff);
        }
        permit.ifPresent(call -> call.counted(answer.input(), answer.output()));
        time.sleep((long) (seconds * SECOND));
        return answer.whole();
    }

    private Optional<Upstream.Result> refusal(Endpoint endpoint, ProviderRequest request, Size size) {
        String key = endpoint.provider() == Provider.ANTHROPIC
                ? request.headers().get("x-api-key")
                : request.headers().get("authorization").substring("Bearer ".length());
        if (!key.equals(rightKey(endpoint.apiKey()))) {
            faults.count(key.equals("wrong") ? Fault.WRONG_KEY : Fault.KEY_ROTATED);
            return Optional.of(ScriptedUpstream.error(401, "authentication_error", "invalid_api_key"));
        }
        if (isOverTheLimit(endpoint, size) || strikes(endpoint, Fault.REFUSED_WITH_HEADERS, 0.2)) {
            return Optional.of(ScriptedUpstream.rateLimited(random.nextBoolean() ? "2" : "30"));
        }
        if (strikes(endpoint, Fault.REFUSED_BARE, 0.2)) {
            return Optional.of(ScriptedUpstream.error(429, "requests", "rate_limit_exceeded"));
        }
        if (strikes(endpoint, Fault.SERVER_ERRORS, 1)) {
            return Optional.of(ScriptedUpstream.error(500 + random.nextInt(4), "server_error", "internal"));
        }
        return strikes(endpoint, Fault.BROWN_OUT, 0.5)
                ? Optional.of(ScriptedUpstream.failed(FailureClass.TRANSPORT))
                : Optional.empty();
    }

    private boolean isOverTheLimit(Endpoint endpoint, Size size) {
        List<Enforcement> limits = enforced.get(endpoint.name());
        int tokens = size.inputTokens() + (endpoint.provider() == Provider.OPENAI ? size.maxTokens() : 0);
        boolean fits = limits.getFirst().takes(1, time.now());
        boolean tokensFit = limits.size() == 1 || limits.getLast().takes(tokens, time.now());
        if (!fits || !tokensFit) {
            counts.refusals++;
        }
        return !fits || !tokensFit;
    }
}
