package ailb.api;

/**
 * The keys of all who may call.
 *
 * @param clients of those who see what is theirs
 * @param admins of those who see everything; a key that is among both is an admin's
 */
public record CallerKeys(ClientKeys clients, ClientKeys admins) {}
