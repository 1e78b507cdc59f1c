package ailb.sim;

import ailb.port.ApiKeys;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The keys as one instance knows them: looked up once in five minutes, and again when one is refused. */
final class RotatingKeys implements ApiKeys {

    private static final long KEPT = Duration.ofMinutes(5).toNanos();

    private final World world;
    private final Map<String, Known> known = new HashMap<>();

    RotatingKeys(World world) {
        this.world = world;
    }

    private record Known(ApiKey key, long since) {}

    @Override
    public Lookup get(String name) {
        Known copy = known.get(name);
        return copy != null && world.time().now() - copy.since() < KEPT ? copy.key() : fetch(name);
    }

    @Override
    public Lookup refresh(String name, ApiKey refused) {
        Known copy = known.get(name);
        return copy != null && !copy.key().equals(refused) ? copy.key() : fetch(name);
    }

    private ApiKey fetch(String name) {
        pass();
        ApiKey key = new ApiKey(world.providers().storedKey(name));
        known.put(name, new Known(key, world.time().now()));
        return key;
    }

    private void pass() {
        try {
            world.time().sleep(Duration.ofMillis(20).toNanos());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
