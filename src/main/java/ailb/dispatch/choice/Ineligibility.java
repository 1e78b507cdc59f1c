package ailb.dispatch.choice;

import ailb.pool.LimitKind;

/** Why an endpoint cannot take a request, however much room it has. */
public sealed interface Ineligibility {

    /** Its model does not support this operation. */
    record UnsupportedOperation(String path) implements Ineligibility {}

    /** Its protocol has no equivalent for a field of the request. */
    record UnsupportedField(String field) implements Ineligibility {}

    /** The pool's owner has ruled a field of the request out for it. */
    record RefusedField(String field) implements Ineligibility {}

    /** The request needs more than a whole limit. Both figures are in the limit's units. */
    record TooLarge(LimitKind limit, long needed, long allowed) implements Ineligibility {}

    record KeyMissing(String endpoint) implements Ineligibility {}

    record KeysUnavailable() implements Ineligibility {}
}
