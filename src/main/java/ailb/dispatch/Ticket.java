package ailb.dispatch;

/** A permit, and the key to use it with. */
record Ticket(Permit permit, ApiKeys.ApiKey key) {}
