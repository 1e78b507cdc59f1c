package ailb.sim;

/** A rule that a run can be made without, to see which invariant tells. */
enum Rule {
    /** A call waits for its slot. Without: what is done for a request never sleeps. */
    SLOTS_ARE_WAITED_FOR,
    /** A write of unknown outcome grants nothing. Without: it is taken to have been made. */
    UNKNOWN_GRANTS_NOTHING,
    /** A write of unknown outcome is not sent again. Without: it is, once. */
    UNKNOWN_IS_NOT_REPEATED,
    /** Retries take from a budget of their own. Without: that is neither looked at nor taken from. */
    RETRIES_HAVE_A_BUDGET,
    /** Tokens are given back that a call has not used. Without: twice as many are. */
    ONLY_THE_UNUSED_IS_GIVEN_BACK,
    /** An instance that has lost the store uses its share of the limits. Without: it has seen no traffic but its own. */
    ALONE_MEANS_A_SHARE,
    /** An endpoint that fails is taken out. Without: no opening is ever made. */
    FAILING_IS_TAKEN_OUT,
    /** An endpoint that refused for its limits is left alone as long as it asked. Without: it is not remembered. */
    REFUSALS_ARE_REMEMBERED,
    /** Every move of the breaker bumps the generation. Without: none does. */
    MOVES_BUMP_THE_GENERATION,
    /** Calls that ended are reported. Without: no report is ever made. */
    CALLS_ARE_REPORTED,
    /** A request has 3 attempts. Without: it has 10. */
    ATTEMPTS_ARE_LIMITED,
    /** No attempt outlives the deadline. Without: the clock it goes by stands still. */
    DEADLINES_ARE_KEPT,
    /** A line is claimed before it is called. Without: every claim is taken to have succeeded. */
    LINES_ARE_CLAIMED,
    /** A message is deleted when its line is done. Without: all are. */
    MESSAGES_STAY_TILL_DONE
}
