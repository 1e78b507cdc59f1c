package ailb.dispatch.permit;

import ailb.pool.FailureClass;
import ailb.port.ApiKeys;
import java.util.Optional;

/** Takes the outcome of each call that was made. */
public interface OutcomeSink {

    /**
     * @param failure empty where the call was answered
     * @param key that it was made with
     */
    void record(CallOutcome outcome, Optional<FailureClass> failure, ApiKeys.ApiKey key);
}
