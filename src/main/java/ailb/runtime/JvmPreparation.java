package ailb.runtime;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;

/** What Lambda's own runtime sets in the JVM before it loads a handler, and the handler may count on. */
final class JvmPreparation {

    private static final Path LAMBDA_TRUST_STORE = Path.of("/etc/pki/java/cacerts");

    private JvmPreparation() {}

    /** To be called before anything looks up a name or opens a TLS connection. */
    static void prepare() {
        // Seconds. A name that was not found a moment ago may be there now; an address that was may have moved.
        Security.setProperty("networkaddress.cache.negative.ttl", "1");
        if (Security.getProperty("networkaddress.cache.ttl") == null) {
            Security.setProperty("networkaddress.cache.ttl", "5");
        }
        if (System.getProperty("javax.net.ssl.trustStore") == null && Files.exists(LAMBDA_TRUST_STORE)) {
            System.setProperty("javax.net.ssl.trustStore", LAMBDA_TRUST_STORE.toString());
        }
    }
}
