/**
 * A Lambda runtime for Java that streams a handler's output, which Lambda's own runtime does not (ADR 23). It depends
 * on the handler's interface, org.crac and the Runtime API, and on nothing else of this project: when Lambda's own
 * runtime streams, this package can be deleted. Started by {@code src/main/lambda/run}.
 */
@NullMarked
package ailb.runtime;

import org.jspecify.annotations.NullMarked;
