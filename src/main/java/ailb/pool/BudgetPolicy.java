package ailb.pool;

/** What becomes of calls once the day's budget is used up. */
public enum BudgetPolicy {

    /** They go on, to the cheapest endpoints for their model alone. */
    CHEAPEST,

    /** They are refused until the next day. */
    REFUSE
}
