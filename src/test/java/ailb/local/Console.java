package ailb.local;

import ailb.api.ApiRequest;
import ailb.api.ApiResponse;
import ailb.port.DispatchEvent;
import ailb.port.DispatchListener;
import java.io.PrintStream;
import java.time.Clock;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** A line for each answered request, and one for each thing the user would like to know of an endpoint. */
final class Console implements DispatchListener {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final int LONGEST_PATH = 60;

    private final PrintStream out;
    private final Clock clock;

    Console(PrintStream out, Clock clock) {
        this.out = out;
        this.clock = clock;
    }

    void text(String text) {
        out.println(text);
    }

    /** Nothing but what is known to be harmless: no body, no query, no header of the caller's. */
    void answered(ApiRequest request, ApiResponse response, long nanos) {
        String endpoint = response.headers().getOrDefault("x-lb-endpoint", "-");
        String attempts = response.headers().getOrDefault("x-lb-attempts", "1");
        line(String.format(
                Locale.ROOT,
                "%d  %-18s %6d ms  %s %s%s",
                response.status(),
                endpoint,
                nanos / 1_000_000,
                printable(request.method()),
                printable(request.path()),
                attempts.equals("1") ? "" : "  (" + attempts + " attempts)"));
    }

    void warn(String warning) {
        line("!    " + warning);
    }

    /** @param reason may quote what somebody put on the queue */
    void deadLetter(String reason) {
        warn("dead letter: " + reason.replaceAll("\\p{Cntrl}", "?"));
    }

    @Override
    public void on(DispatchEvent event) {
        switch (event) {
            case DispatchEvent.Failed(String endpoint, _, var failure, _, String detail) ->
                warn(endpoint + " failed: " + failure + ", " + detail);
            case DispatchEvent.Opened(String endpoint, var reason) -> warn(endpoint + " is out: " + reason);
            case DispatchEvent.Closed(String endpoint) -> warn(endpoint + " is back");
            case DispatchEvent.KeyRenewed(String endpoint) -> warn(endpoint + " has a new key");
            case DispatchEvent.KeyMissing(_, String remedy) -> warn(remedy);
            case DispatchEvent.StoreTrouble(String endpoint, String cause) ->
                warn("state of " + endpoint + ": " + cause);
            case DispatchEvent.StoreDown(_, String cause) -> warn("the state store is down, going on alone: " + cause);
            case DispatchEvent.StoreStillDown(_, String cause) -> warn("the state store is still down: " + cause);
            case DispatchEvent.Throttled(String endpoint) -> warn("state of " + endpoint + ": written to too often");
            case DispatchEvent.StoreUp _ -> warn("the state store is back");
            case DispatchEvent.Admitted _,DispatchEvent.Answered _,DispatchEvent.HungUp _,DispatchEvent.Dropped _,DispatchEvent.Refused _ ->
                {}
        }
    }

    private void line(String line) {
        out.println(LocalTime.now(clock).format(TIME) + "  " + line);
    }

    private static String printable(String text) {
        String start = text.substring(0, Math.min(text.length(), LONGEST_PATH));
        return start.replaceAll("[^!-~]", "?");
    }
}
