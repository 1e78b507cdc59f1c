package ailb.local.simulated;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a request.
 *
 * @param status to answer with
 * @param param the field at fault, where the provider names it
 * @param code for machines, where the provider has one
 */
record Fault(int status, String message, @Nullable String param, @Nullable String code) {

    static Optional<Fault> of(String message) {
        return of(message, null, null);
    }

    static Optional<Fault> of(String message, @Nullable String param, @Nullable String code) {
        return Optional.of(new Fault(400, message, param, code));
    }
}
