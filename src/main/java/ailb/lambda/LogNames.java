package ailb.lambda;

import ailb.api.RequestNames;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** The names by which a log line is found: the ids of its request, and its client. */
final class LogNames {

    private static final ScopedValue<String> INVOCATION = ScopedValue.newInstance();

    private LogNames() {}

    /** Runs a task whose log lines have the id of an invocation. */
    static <T, X extends Throwable> T during(String invocation, ScopedValue.CallableOp<T, X> work) throws X {
        return ScopedValue.where(INVOCATION, invocation).call(work);
    }

    /** Returns a task that keeps the names of this thread when another thread runs it. */
    static Runnable kept(Runnable work) {
        if (!INVOCATION.isBound()) {
            return work;
        }
        String invocation = INVOCATION.get();
        return () -> ScopedValue.where(INVOCATION, invocation).run(work);
    }

    /** Adds the names of this thread to a line. */
    static void addTo(ObjectNode line) {
        Optional<RequestNames> names = RequestNames.current();
        names.ifPresent(request -> line.put("request", request.id()));
        names.map(RequestNames::client)
                .filter(client -> !client.isEmpty())
                .ifPresent(client -> line.put("client", client));
        if (INVOCATION.isBound()) {
            line.put("invocation", INVOCATION.get());
        }
    }
}
