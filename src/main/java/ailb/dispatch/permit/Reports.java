package ailb.dispatch.permit;

import ailb.pool.FailureClass;
import ailb.port.ApiKeys;
import java.util.Optional;

/** Takes the report of each call that was made. */
public interface Reports {

    /**
     * @param failure empty where the call was answered
     * @param key that it was made with
     */
    void report(Settlement settlement, Optional<FailureClass> failure, ApiKeys.ApiKey key);
}
