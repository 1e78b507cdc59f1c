package ailb.dispatch;

import ailb.pool.FailureClass;
import java.util.Optional;

/** Takes the report of each call that was made. */
interface Reports {

    /**
     * @param failure empty where the call was answered
     * @param key that it was made with
     */
    void report(Settlement settlement, Optional<FailureClass> failure, ApiKeys.ApiKey key);
}
