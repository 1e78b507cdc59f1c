package ailb.sim;

/** One request that somebody waits for, as the simulation sees it. */
final class Request {

    /** Whose turn it is on this thread; none on the threads of a batch. */
    static final ThreadLocal<Request> CURRENT = new ThreadLocal<>();

    final long number;
    int calls;
    int renewals;
    boolean failedElsewhere;
    boolean failedBefore;

    Request(long number) {
        this.number = number;
    }

    @Override
    public String toString() {
        return "request " + number;
    }
}
