package ailb.pool;

/** What happens to calls when the day's budget is used up. */
public enum BudgetPolicy {

    /** They continue, but only at the cheapest endpoints for their model. */
    CHEAPEST,

    /** They are refused until the next day. */
    REFUSE
}
