package ailb.protocol;

import ailb.protocol.error.ApiError;

/** What came of reading a caller's request. */
public sealed interface Parsed {

    record Valid(ModelRequest request) implements Parsed {}

    /** The caller is told what is wrong; nothing is sent anywhere. */
    record Invalid(ApiError error) implements Parsed {}
}
