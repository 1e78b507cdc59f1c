package ailb.dispatch;

import ailb.pool.FailureClass;
import ailb.protocol.wire.ProviderReply;

/** What comes after an attempt. */
sealed interface RetryDecision {

    /** The caller gets what the endpoint said. */
    record Finish() implements RetryDecision {}

    /** The same endpoint may be asked again at once: all that was wrong was a key that has been replaced. */
    record WithNewKey() implements RetryDecision {}

    /** Another endpoint, or this one again after a pause when there is no other. */
    record Elsewhere(ProviderReply.Failure failure) implements RetryDecision {}

    static RetryDecision after(ProviderReply reply, boolean keyRenewed) {
        return switch (reply) {
            case ProviderReply.Answer _ -> new Finish();
            case ProviderReply.Failure _ when keyRenewed -> new WithNewKey();
            case ProviderReply.Failure failure when failure.failure() == FailureClass.CALLER_FAULT
                    && !failure.retryable() ->
                new Finish();
            case ProviderReply.Failure failure -> new Elsewhere(failure);
        };
    }
}
