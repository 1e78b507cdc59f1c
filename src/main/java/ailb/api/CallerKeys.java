package ailb.api;

/**
 * The keys of all callers.
 *
 * @param clients keys of clients, which see only their own batches
 * @param admins keys of admins, which see everything; a key in both sets is an admin's
 */
public record CallerKeys(ClientKeys clients, ClientKeys admins) {}
