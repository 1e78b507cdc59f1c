package ailb.health;

/** The calls of the rolling window that count for an endpoint's health, and those of them that were its faults. */
public record Recent(double calls, double failures) {

    double errorRate() {
        return calls == 0 ? 0 : failures / calls;
    }
}
