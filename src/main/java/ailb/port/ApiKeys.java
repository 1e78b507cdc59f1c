package ailb.port;

import ailb.protocol.json.Sha256;
import java.nio.ByteBuffer;

/** PORT: the providers' API keys, by name. Safe for use by many threads. */
public interface ApiKeys {

    /** The key as this instance knows it. It is fetched if there is no copy or the copy is old. */
    Lookup get(String name);

    /**
     * The key as it is now, after a provider refused {@code refused}. It is fetched unless the copy is another key by
     * now.
     */
    Lookup refresh(String name, ApiKey refused);

    /** The result of looking a key up. */
    sealed interface Lookup {}

    /** A key; its value never prints. */
    record ApiKey(String value) implements Lookup {

        /** A number that distinguishes this key from others without revealing it: the first 8 bytes of its SHA-256. */
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
