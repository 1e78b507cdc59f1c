package ailb.sim;

/** What must hold in every run, whatever strikes. docs/reliability.md tells what each of them means to a user. */
enum Invariant {
    /**
     * Of the calls admitted to an endpoint no time [s, t] holds more than its limits allow. What was given back in that
     * time is taken off.
     */
    ADMITTED_WITHIN_BOUND,
    /** An admission takes its units of every limit, and what was not used for longer than the slack gives none back. */
    ADMITTED_IS_TAKEN,
    /** Where use of tokens counts, the report of a call gives back what it did not use, or less. */
    ONLY_THE_UNUSED_IS_GIVEN_BACK,
    /** ADMITTED_WITHIN_BOUND for the calls that are retries: a fifth of the rate, and 10 s of that at once. */
    RETRIES_WITHIN_BUDGET,
    /** Requests of a calendar day are within the limit a day. */
    DAY_WITHIN_LIMIT,
    /** A call is made with a permit of its own, or by an instance that has lost the store. */
    CALL_HAS_PERMIT,
    /** Calls without the store are within the shares of a limit that their instances had of the traffic: one limit in all. */
    ALONE_WITHIN_SHARES,
    /** No call starts before its slot by its instance's clock, nor over 2.5 s after it unless it was frozen. */
    CALL_AT_ITS_SLOT,
    /** Nobody reserves a slot further away than it may wait. */
    SLOT_WITHIN_PATIENCE,
    /** An endpoint that refused a call for its limits gets none for 1 s at least. */
    REFUSED_IS_LEFT_ALONE,
    /** A permit is used or let go; none gets lost but with its instance or the answer to its write. */
    PERMIT_ACCOUNTED_FOR,
    /** Nothing is admitted as usual to an endpoint that is out. */
    OPEN_MEANS_OUT,
    /** While a probe's lease lasts nobody makes another one. */
    ONE_PROBE,
    /** A probe is made when it is due, and not of an endpoint in service. */
    PROBE_WHEN_DUE,
    /** The generation never falls, and every move of the breaker bumps it by one. */
    GENERATION_GROWS,
    /** A breaker is moved by those admitted under its generation. */
    MOVED_BY_ITS_GENERATION,
    /** Where 10 faults or more in a row are on record, no more than 20 calls are admitted before the endpoint is out. */
    FAILING_MEANS_OUT,
    /** An endpoint is taken out for faults that the item shows, or for what needs a person. */
    OPENED_FOR_A_REASON,
    /** A report of an older generation changes nothing of the endpoint's health. */
    LATE_REPORTS_CHANGE_NO_HEALTH,
    /** The fault level is that of the faults reported, or less by 10 calls. */
    FAULT_LEVEL_IS_TRUE,
    /** Totals never fall. */
    TOTALS_GROW,
    /** What is put in place of an arrival time or a hold is never earlier. */
    LIMITS_ARE_NOT_FORGOTTEN,
    /** Counts of the window, of the day and of the spend are the sums of what was counted. */
    COUNTS_ADD_UP,
    /** Every call that ended is reported once; none but by instances or writes that were lost are missing. */
    REPORTED_ONCE,
    /** At most 1,024 bytes, as DynamoDB counts them. */
    ITEM_WITHIN_A_WRITE_UNIT,
    /** The store has an item of each endpoint, and no others. */
    NO_STRAY_ITEM,
    /** Every request has one outcome, before its deadline; at most 1 s later while the store is slow. */
    ONE_OUTCOME_IN_TIME,
    /** What a request is answered with is whole, or an error in the words of the caller's protocol; 401 for wrong keys only. */
    ANSWERED_IN_ITS_WORDS,
    /** No more calls for a request than allowed, and one for each key replaced. */
    ATTEMPTS_WITHIN_LIMIT,
    /** Every line of a batch has one outcome at last. */
    LINE_HAS_ONE_OUTCOME,
    /** Two do not work on a line at once, unless one has stood still for longer than its lease. */
    LINE_HELD_BY_ONE,
    /** A message is done, visible some time, or dead-lettered. */
    MESSAGE_NOT_LOST,
    /** Without faults, at most 2.05 writes a request; see {@link Course#writes}. */
    WRITES_A_REQUEST,
    /** Without faults, providers refuse at most one call in 1,000 for its limits. */
    FEW_REFUSALS
}
