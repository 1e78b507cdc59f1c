package ailb.runtime;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;

/** Makes the same JVM settings as Lambda's own runtime, which handlers may rely on. */
final class JvmPreparation {

    private static final Path LAMBDA_TRUST_STORE = Path.of("/etc/pki/java/cacerts");

    private JvmPreparation() {}

    /** Call before the first DNS lookup and the first TLS connection. */
    static void prepare() {
        // In seconds. A missing name may exist a moment later, and an address may change.
        Security.setProperty("networkaddress.cache.negative.ttl", "1");
        if (Security.getProperty("networkaddress.cache.ttl") == null) {
            Security.setProperty("networkaddress.cache.ttl", "5");
        }
        if (System.getProperty("javax.net.ssl.trustStore") == null && Files.exists(LAMBDA_TRUST_STORE)) {
            System.setProperty("javax.net.ssl.trustStore", LAMBDA_TRUST_STORE.toString());
        }
    }
}
