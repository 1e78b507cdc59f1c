package ailb.protocol;

import ailb.protocol.error.ApiError;

/** The result of parsing a caller's request. */
public sealed interface Parsed {

    record Valid(ModelRequest request) implements Parsed {}

    /** The caller gets this error, and no provider is called. */
    record Invalid(ApiError error) implements Parsed {}
}
