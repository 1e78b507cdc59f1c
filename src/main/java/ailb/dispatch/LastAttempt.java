package ailb.dispatch;

import ailb.protocol.wire.ProviderReply;

/** The attempt that came last, and how it failed. */
record LastAttempt(String endpoint, ProviderReply.Failure failure) {}
