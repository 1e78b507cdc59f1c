package ailb.runtime.handlers;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.crac.Core;
import org.crac.Resource;

/** Answers with what has happened to it. Fails where the variable FAIL says. */
public final class HookedHandler implements RequestStreamHandler {

    private final List<String> happened = new ArrayList<>();
    private final List<Resource> kept = List.of(new Hooks("1"), new Hooks("2"));

    public HookedHandler() {
        happen("constructor");
        kept.forEach(Core.getGlobalContext()::register);
    }

    private void happen(String what) {
        happened.add(what);
        if (what.equals(System.getenv("FAIL"))) {
            throw new IllegalStateException("failed: " + what);
        }
    }

    @Override
    public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
        out.write(String.join(", ", happened).getBytes(StandardCharsets.UTF_8));
    }

    private final class Hooks implements Resource {

        private final String name;

        private Hooks(String name) {
            this.name = name;
        }

        @Override
        public void beforeCheckpoint(org.crac.Context<? extends Resource> context) {
            happen("before " + name);
        }

        @Override
        public void afterRestore(org.crac.Context<? extends Resource> context) {
            happen("after " + name);
        }
    }
}
