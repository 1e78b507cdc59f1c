package ailb.sim;

import static java.nio.charset.StandardCharsets.UTF_8;

import ailb.api.ApiResponse;
import ailb.lambda.Handlers;
import ailb.pool.Endpoint;
import ailb.pool.Pool;
import ailb.state.Attribute;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The whole fleet on a course: requests that come by chance to instances that die and freeze, and a batch besides. */
final class Fleet {

    private static final long SECOND = Enforcement.SECOND;
    private static final int ATTEMPTS = 3;

    /** So many requests come at once where they do. */
    private static final int CROWD = 20;

    private static final long FREEZE = Duration.ofMinutes(15).toNanos();

    private final Course course;
    private final Simulation time;
    private final Random random;
    private final Faults faults;
    private final Offences offences;
    private final World.Counts counts = new World.Counts();
    private final Ledger ledger;
    private final World world;
    private final List<Instance> slots = new ArrayList<>();
    private final List<Instance> all = new ArrayList<>();
    private final List<Simulation.Life> lives = new ArrayList<>();
    private final long awaits;
    private long unanswered;

    private Fleet(Course course, LeftOut leftOut) {
        this.course = course;
        this.time = new Simulation(course.start());
        this.random = new Random(course.seed());
        this.faults = new Faults(course.faults(), random);
        this.offences = new Offences(time);
        this.awaits = 12L * course.requests() / course.instances();
        Pool pool = course.pool(leftOut.isOff(Rule.ATTEMPTS_ARE_LIMITED) ? 10 : ATTEMPTS);
        this.ledger = new Ledger(pool, offences);
        Watch watch =
                new Watch(ledger, new ItemRules(offences, pool), new BreakerRules(offences, pool.settings().health()),
                        course.isBusy());
        this.world = new World(
                time, random, course, leftOut, pool, faults, offences, counts, ledger,
                new SharedItems(time, leftOut::of, watch),
                new Providers(time, random, course, pool, faults, counts),
                new BatchSide(time, random, course, faults, offences));
    }

    /** What came of a run. */
    record Run(Course course, long trace, Offences offences, Faults faults, World.Counts counts) {}

    static Run run(Course course) {
        return run(course, LeftOut.NOTHING);
    }

    static Run run(Course course, LeftOut leftOut) {
        Fleet fleet = new Fleet(course, leftOut);
        fleet.run();
        return new Run(course, fleet.time.trace(), fleet.offences, fleet.faults, fleet.counts);
    }

    private void run() {
        for (int i = 0; i < course.instances(); i++) {
            slots.add(instance(life(awaits)));
        }
        time.at(course.start(), () -> come(0));
        for (int i = 0; course.crowds() && i < CROWD; i++) {
            long number = (long) course.requests() + i;
            time.at(Course.MIDNIGHT, () -> ask(number));
        }
        world.batch().begin(world, this::instance, this::life);
        time.run();
        check();
    }

    private Simulation.Life life(long awaits) {
        Simulation.Life life = faults.isPossible(Fault.KILLED) && random.nextBoolean()
                ? Simulation.Life.until(1 + random.nextLong(awaits))
                : Simulation.Life.endless();
        if (faults.isPossible(Fault.FROZEN) && random.nextInt(4) == 0) {
            life.frozenAt(1 + random.nextLong(awaits), FREEZE);
        }
        lives.add(life);
        return life;
    }

    private Instance instance(Simulation.Life life) {
        Instance instance = new Instance(world, all.size(), skew(), life);
        all.add(instance);
        return instance;
    }

    private long skew() {
        long skew = 0;
        if (faults.strikes(Fault.SKEW_OF_500_MS, 0.3)) {
            skew = SECOND / 2;
        } else if (faults.strikes(Fault.SKEW_OF_50_MS, 0.6)) {
            skew = SECOND / 20;
        }
        return random.nextBoolean() ? skew : -skew;
    }

    private void come(int number) throws InterruptedException {
        if (number + 1 < course.requests()) {
            time.at(time.now() + untilTheNext(number), () -> come(number + 1));
        }
        ask(number);
    }

    private void ask(long number) throws InterruptedException {
        int slot = random.nextInt(slots.size());
        Instance instance = slots.get(slot);
        if (instance.life.isOver() || instance.life.isFrozen(time.now())) {
            instance = instance(life(awaits));
            slots.set(slot, instance);
        }
        Simulation.Life life = instance.life;
        time.join(life);
        counts.requests++;
        unanswered++;
        Request request = new Request(number);
        Request.CURRENT.set(request);
        Asked asked = Asked.ALL.get(random.nextInt(Asked.ALL.size()));
        String key = random.nextInt(100) == 0 ? "another" : Asked.KEY;
        Duration given = Duration.ofSeconds(6 + random.nextInt(24));
        long end = now(life) + given.toNanos();
        try {
            ApiResponse response =
                    instance.front().answer(asked.event(time.now(), key), Handlers.within(given));
            unanswered--;
            ended(request, asked, key, response, end - now(life));
        } catch (RuntimeException e) {
            offences.check(false, Invariant.ONE_OUTCOME_IN_TIME, () -> request + " threw " + e);
        } finally {
            if (life.isOver()) {
                unanswered--;
            }
        }
    }

    /** Requests come by chance, or as many in all but half of them at once. */
    private long untilTheNext(int number) {
        if (course.crowds() && number % (2 * CROWD) < CROWD) {
            return 0;
        }
        double grown = course.grows() ? 0.5 + (double) number / course.requests() : 1;
        double mean = SECOND / (course.perSecond() * grown) * (course.crowds() ? 2 : 1);
        return (long) (-Math.log(1 - random.nextDouble()) * mean);
    }

    /** What a life has had of time. */
    private long now(Simulation.Life life) {
        return time.now() - life.frozenFor();
    }

    private void ended(Request request, Asked asked, String key, ApiResponse response, long left) {
        int status = response.status();
        counts.answered += status == 200 ? 1 : 0;
        offences.check(
                left >= 0,
                Invariant.ONE_OUTCOME_IN_TIME,
                () -> request + " ended " + Duration.ofNanos(-left) + " late: " + status + " "
                        + new String(response.body(), UTF_8));
        offences.check(
                status != 500 && asked.isAnsweredBy(response) && (status == 401) == !key.equals(Asked.KEY),
                Invariant.ANSWERED_IN_ITS_WORDS,
                () -> asked.path() + ": " + status + " " + new String(response.body(), UTF_8));
        int told = told(request, asked, response);
        int most = ATTEMPTS + request.renewals;
        offences.check(
                request.calls == told && request.calls <= most,
                Invariant.ATTEMPTS_WITHIN_LIMIT,
                () -> request + ": " + request.calls + " calls, told " + told + ", allowed " + most);
    }

    /** The head of a stream that went out before its first content does not know. */
    private static int told(Request request, Asked asked, ApiResponse response) {
        String told = response.headers().get("x-lb-attempts");
        int unknown = asked.stream() && response.status() == 200 ? request.calls : 0;
        return told == null ? unknown : Integer.parseInt(told);
    }

    private void check() {
        offences.check(unanswered == 0, Invariant.ONE_OUTCOME_IN_TIME, () -> unanswered + " without an outcome");
        ledger.check();
        world.batch().check();
        lives.stream().filter(Simulation.Life::isOver).forEach(_ -> faults.count(Fault.KILLED));
        lives.stream().filter(life -> life.frozenFor() >= FREEZE).forEach(_ -> faults.count(Fault.FROZEN));
        counts.awaits = lives.stream().mapToLong(Simulation.Life::awaits).sum();
        permits();
        offences.check(
                !faults.none() || counts.refusals <= 1 + counts.calls / 1000,
                Invariant.FEW_REFUSALS,
                () -> counts.refusals + " refusals of " + counts.calls + " calls");
        reports();
        double writes = (double) counts.writes / (counts.requests + course.lines());
        offences.check(
                !faults.none() || course.requests() < 4000 || writes <= course.writes(), Invariant.WRITES_A_REQUEST,
                () -> writes + " writes a request");
    }

    /** Calls are reported, but for those of instances that died and writes that got lost: of a batch 10 at once, of a busy item 21. */
    private void reports() {
        long waiting =
                course.isBusy()
                        ? all.stream()
                                .filter(instance -> !instance.life.isOver())
                                .mapToLong(instance -> instance.unreported.waiting())
                                .sum()
                        : 0;
        long mostTogether = course.isBusy() ? 21 : 10;
        for (Endpoint endpoint : world.pool().endpoints()) {
            long reported = world.items().state(endpoint.name()).get(Attribute.TOTAL_REQUESTS);
            List<Permit> used = ledger.of(endpoint).stream().filter(permit -> permit.used).toList();
            long died = used.stream().filter(permit -> permit.life.isOver()).count();
            offences.check(
                    reported <= used.size()
                            && used.size() - reported <= died + mostTogether * counts.trouble + waiting,
                    Invariant.REPORTED_ONCE,
                    () -> endpoint.name() + ": " + reported + " reported of " + used.size() + ", " + died + " died");
        }
    }

    /** What became of the permits: each is used or let go, or its holder is no more, or was never told. */
    private void permits() {
        List<Permit> permits = ledger.all();
        counts.permits = permits.size();
        long lost = permits.stream()
                .filter(permit -> permit.isOpen() && !permit.forAnyone && !permit.life.isOver())
                .count();
        long letGo = all.stream().mapToLong(instance -> instance.letGo).sum();
        counts.permitsLost = permits.stream().filter(permit -> !permit.used && !permit.dropped).count();
        offences.check(
                lost <= letGo, Invariant.PERMIT_ACCOUNTED_FOR, () -> lost + " permits lost, " + letGo + " let go");
    }
}
