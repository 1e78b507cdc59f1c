package ailb.dispatch.permit;

import ailb.state.ConditionalUpdate;
import ailb.state.EndpointState;
import java.util.Optional;

/** What else is to be written to an endpoint's item in the same write as an admission. */
public interface PiggybackUpdate {

    /** Nothing. */
    PiggybackUpdate NONE = (_, _) -> Optional.empty();

    /** The change to be made before the admission, worked out from the item as last seen. */
    Optional<ConditionalUpdate> update(EndpointState known, long now);

    /** It has been written, as far as anybody will know. */
    default void written() {}
}
