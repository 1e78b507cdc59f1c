package ailb.dispatch;

import ailb.pool.Endpoint;
import java.time.Duration;

/**
 * A call to a provider that has begun.
 *
 * @param start on the monotonic clock, nanoseconds
 */
record ProviderCall(KeyedPermit keyed, long start, Duration timeout) {

    Endpoint endpoint() {
        return keyed.endpoint();
    }

    KeyRedaction redaction() {
        return new KeyRedaction(keyed.key());
    }
}
