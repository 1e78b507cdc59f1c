package ailb.dispatch;

import ailb.protocol.wire.ProviderReply;

/** The last attempt, and how it failed. */
record LastAttempt(String endpoint, ProviderReply.Failure failure) {}
