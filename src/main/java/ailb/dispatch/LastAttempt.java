package ailb.dispatch;

import ailb.protocol.ProviderReply;

/** The attempt that came last, and how it failed. */
record LastAttempt(String endpoint, ProviderReply.Failure failure) {}
