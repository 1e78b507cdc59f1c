package ailb.sim;

import ailb.pool.Endpoint;
import ailb.pool.EndpointBuilder;
import ailb.pool.Endpoints;
import ailb.pool.LimitKind;
import ailb.pool.Limits;
import ailb.pool.LimitsBuilder;
import ailb.pool.Pacing;
import ailb.pool.Pool;
import ailb.pool.Price;
import ailb.pool.Provider;
import ailb.pool.SettingsBuilder;
import ailb.pool.TokenAccounting;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * What a run is like, all drawn from its seed: not every fault in every run, because some hide what others show.
 *
 * @param start nanoseconds since the epoch, some minutes before a midnight
 * @param perSecond requests offered: 0.3 to 2 times what the endpoints can take
 * @param grows whether that is half of it at first, and half as much again at last
 * @param crowds whether many come at the same moment now and then, and at midnight
 * @param lines of a batch that is worked on besides
 */
record Course(
        long seed,
        long start,
        int instances,
        int requests,
        int lines,
        double perSecond,
        boolean grows,
        boolean crowds,
        Set<Fault> faults,
        List<Outage> outages,
        List<Spell> spells) {

    static final long SECOND = Enforcement.SECOND;

    static final long MIDNIGHT = Duration.ofDays(20_833).toNanos();

    /** The store does not answer. */
    record Outage(long from, long until) {}

    /** A provider, or what is stored of its key, is not well. */
    record Spell(String endpoint, Fault fault, long from, long until) {}

    private static final Set<Fault> SPELLS = EnumSet.of(
            Fault.SERVER_ERRORS,
            Fault.SLOW_PROVIDER,
            Fault.BLACK_HOLE,
            Fault.BROWN_OUT,
            Fault.WRONG_KEY,
            Fault.KEY_ROTATED,
            Fault.REFUSED_BARE,
            Fault.REFUSED_WITH_HEADERS);

    private static final List<Fault> FLAPPING =
            List.of(Fault.SERVER_ERRORS, Fault.SERVER_ERRORS, Fault.BROWN_OUT, Fault.BLACK_HOLE, Fault.REFUSED_BARE,
                    Fault.REFUSED_WITH_HEADERS, Fault.WRONG_KEY);

    private static final List<String> ENDPOINTS = List.of("bucket", "smooth", "even", longName());

    /** What the endpoints take together, requests a second. */
    private static final double CAPACITY = 18;

    static Course of(long seed, int requests) {
        // Generators of seeds close together begin alike.
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        Set<Fault> faults = faults(seed, random);
        double load = List.of(0.3, 0.7, 0.95, 1.3, 2.0).get(random.nextInt(5));
        double perSecond = load * (faults.isEmpty() && seed % 10 == 0 ? 2 : 1) * CAPACITY;
        long lasts = (long) (requests / perSecond * SECOND);
        long start = MIDNIGHT - (long) (lasts * 1.5 * random.nextDouble());
        List<Outage> outages = new ArrayList<>();
        if (faults.contains(Fault.STORE_OUTAGE)) {
            long from = start + (long) (lasts * random.nextDouble());
            outages.add(new Outage(from, from + (long) (60 * SECOND * random.nextDouble())));
        }
        List<Spell> spells = spells(seed, faults, start, lasts, random);
        return new Course(
                seed, start, 1 + random.nextInt(random.nextBoolean() ? 4 : 40), requests,
                random.nextInt(3) == 0 ? 0 : Math.max(10, requests / 50), perSecond, random.nextBoolean(),
                random.nextBoolean(), faults,
                outages, spells);
    }

    private static Set<Fault> faults(long seed, Random random) {
        Set<Fault> faults = EnumSet.noneOf(Fault.class);
        if (seed % 5 != 0) {
            for (Fault fault : Fault.values()) {
                if (random.nextBoolean()) {
                    faults.add(fault);
                }
            }
        }
        if (isBearing(seed)) {
            faults.add(Fault.BROWN_OUT);
        }
        if (isFlapping(seed)) {
            faults.addAll(FLAPPING);
            faults.addAll(EnumSet.of(Fault.SLOW_WRITE, Fault.PAUSED));
        }
        return faults;
    }

    private static List<Spell> spells(long seed, Set<Fault> faults, long start, long lasts, Random random) {
        List<Spell> spells = new ArrayList<>();
        if (isFlapping(seed)) {
            flap(spells, start, start + lasts, random);
            return spells;
        }
        if (isBearing(seed)) {
            spells.add(new Spell("bucket", Fault.BROWN_OUT, start, start + lasts));
        }
        for (Fault fault : SPELLS) {
            for (String endpoint : faults.contains(fault) ? ENDPOINTS : List.<String>of()) {
                if (random.nextBoolean()) {
                    long from = random.nextInt(4) == 0
                            ? MIDNIGHT - 5 * SECOND
                            : start + (long) (lasts * random.nextDouble());
                    spells.add(new Spell(endpoint, fault, from, from + (long) (90 * SECOND * random.nextDouble())));
                }
            }
        }
        return spells;
    }

    /** Whether the breaker is told to bear what else it would not: then only the budget of retries guards the others. */
    private static boolean isBearing(long seed) {
        return seed % 6 == 1;
    }

    /** Whether endpoints are well and not in quick succession, and are found out and let in again as quickly. */
    static boolean isFlapping(long seed) {
        return seed % 6 == 5 && seed % 5 != 0;
    }

    private static void flap(List<Spell> spells, long start, long end, Random random) {
        if (random.nextInt(3) == 0) {
            for (long from = start; from < end; from += 10 * SECOND) {
                for (String endpoint : ENDPOINTS) { // with all out, what is out is tried early
                    spells.add(new Spell(endpoint, Fault.SERVER_ERRORS, from, from + 5 * SECOND));
                }
            }
            return;
        }
        for (String endpoint : ENDPOINTS) {
            long from = start;
            while (from < end) {
                long until = from + SECOND / 2 + (long) (4 * SECOND * random.nextDouble());
                spells.add(new Spell(endpoint, FLAPPING.get(random.nextInt(FLAPPING.size())), from, until));
                from = until + (long) (4 * SECOND * random.nextDouble());
            }
        }
    }

    private static SettingsBuilder settings(long seed) {
        SettingsBuilder settings = new SettingsBuilder();
        if (isBearing(seed)) {
            return settings.consecutiveErrors(100)
                    .hardConsecutiveErrors(1_000)
                    .minimumCalls(1_000_000)
                    .suspectErrorRate(1)
                    .errorRate(1);
        }
        // Short openings make for many moves.
        return seed % 2 == 0
                ? settings
                : settings.openFor(Duration.ofSeconds(isFlapping(seed) ? 2 : 3))
                        .openForPerson(Duration.ofSeconds(5));
    }

    /** Whether items are taken for busy: reports wait for other writes, and permits are leased. */
    boolean isBusy() {
        return seed % 5 == 3 || seed % 25 == 0 || seed % 18 == 11;
    }

    boolean isStoreOut(long now) {
        for (Outage outage : outages) {
            if (outage.from() <= now && now < outage.until()) {
                return true;
            }
        }
        return false;
    }

    /** As long as a name may be, since it counts in the size of an item. */
    static String longName() {
        return "l".repeat(64);
    }

    /**
     * Writes a request has without faults: two, and what is refused because others were quicker. That happens more where
     * calls are evenly spaced and more is offered than there is, and most where that is over 1,000 a minute or where crowds
     * come.
     */
    double writes() {
        double inTheSecondHalf = perSecond * (grows ? 1.25 : 1);
        double usual = inTheSecondHalf < CAPACITY ? 2.05 : 2.15;
        return (isQuick() ? 2.5 : usual) + (crowds ? 0.45 : 0);
    }

    private boolean isQuick() {
        return faults.isEmpty() && seed % 10 == 0;
    }

    /** Requests a minute of the endpoint whose calls are evenly spaced. */
    long evenly() {
        return isQuick() ? 1_500 : 240;
    }

    /** Requests a day of an endpoint: one of so many of all, so that it is often reached, but for courses without faults. */
    private long perDay(int share) {
        return faults.isEmpty() ? 1_000_000 : Math.max(8, requests / share);
    }

    Pool pool(int attempts) {
        return new Pool(
                List.of(
                        Endpoints.openAi("bucket", Endpoints.requests(Pacing.BUCKET, 600)),
                        Endpoints.openAi("smooth", new LimitsBuilder(
                                Pacing.SMOOTH,
                                Map.of(LimitKind.REQUESTS_PER_MINUTE, 300L, LimitKind.TOKENS_PER_MINUTE, 60_000L,
                                        LimitKind.REQUESTS_PER_DAY, perDay(8)))
                                .tokenAccounting(TokenAccounting.MAX)
                                .dayReset(null)
                                .build()),
                        Endpoints.openAi("even", new LimitsBuilder(
                                Pacing.EVEN,
                                Map.of(LimitKind.REQUESTS_PER_MINUTE, evenly(),
                                        LimitKind.REQUESTS_PER_DAY, perDay(25)))
                                .tokenAccounting(TokenAccounting.MAX)
                                .build()),
                        anthropic()),
                settings(seed).maxAttempts(attempts).build());
    }

    private static Endpoint anthropic() {
        Limits limits = Endpoints.limits(
                Pacing.BUCKET,
                Map.of(LimitKind.REQUESTS_PER_MINUTE, 120L, LimitKind.INPUT_TOKENS_PER_MINUTE, 20_000L,
                        LimitKind.OUTPUT_TOKENS_PER_MINUTE, 8_000L));
        return new EndpointBuilder(longName())
                .provider(Provider.ANTHROPIC)
                .baseUrl(URI.create("https://anthropic.example/v1"))
                .modelId("claude")
                .apiKey("key-of-anthropic")
                .limits(limits)
                .price(new Price(3, 15))
                .build();
    }
}
