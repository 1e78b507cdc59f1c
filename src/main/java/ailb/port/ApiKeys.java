package ailb.port;

import ailb.protocol.json.Sha256;
import java.nio.ByteBuffer;

/** PORT: the providers' API keys, by name. Safe for use by many threads. */
public interface ApiKeys {

    /** The key as this instance knows it; fetched when it knows none or its copy is old. */
    Lookup get(String name);

    /** The key as it is now, after a provider refused {@code refused}; fetched unless another one is known by now. */
    Lookup refresh(String name, ApiKey refused);

    /** What came of asking for a key. */
    sealed interface Lookup {}

    /** A key; its value never prints. */
    record ApiKey(String value) implements Lookup {

        /** Tells this key from others without giving it away: the first 8 bytes of its SHA-256. */
        public long version() {
            return ByteBuffer.wrap(Sha256.bytes(value)).getLong();
        }

        @Override
        public String toString() {
            return "ApiKey[redacted]";
        }
    }

    /**
     * There is no such key.
     *
     * @param remedy what the owner does about it, as a sentence with the command
     */
    record Missing(String remedy) implements Lookup {}

    /**
     * The keys cannot be read now.
     *
     * @param cause for a log line, with no secret in it
     */
    record Unavailable(String cause) implements Lookup {}
}
