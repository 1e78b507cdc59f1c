package ailb.dispatch;

import ailb.pool.FailureClass;
import ailb.protocol.wire.ProviderReply;

/** What comes after an attempt. */
sealed interface RetryDecision {

    /** The request has ended. */
    record Finish(DispatchResult result) implements RetryDecision {}

    /** The same endpoint may be asked again at once: only the key was wrong, and it has been replaced. */
    record WithNewKey() implements RetryDecision {}

    /** Ask another endpoint; or this one again after a pause, if there is no other. */
    record Elsewhere(ProviderReply.Failure failure) implements RetryDecision {}

    /**
     * What a reply calls for.
     *
     * @param endpoint that replied
     * @param attempts made so far, this one included
     * @param keyRenewed whether the key it was made with has been replaced
     */
    static RetryDecision after(String endpoint, int attempts, ProviderReply reply, boolean keyRenewed) {
        return switch (reply) {
            case ProviderReply.Answer answer ->
                new Finish(new DispatchResult.Answered(endpoint, attempts, answer.body()));
            case ProviderReply.Failure _ when keyRenewed -> new WithNewKey();
            case ProviderReply.Failure failure when failure.failure() == FailureClass.CALLER_FAULT
                    && !failure.retryable() ->
                new Finish(new DispatchResult.PassedOn(endpoint, attempts, failure.status(), failure.passOn()));
            case ProviderReply.Failure failure -> new Elsewhere(failure);
        };
    }
}
