/**
 * A runtime for Lambda functions in Java that sends what a handler writes as it is written, which Lambda's own runtime
 * does not do. It knows the handler's interface, org.crac and the Runtime API, and nothing of the rest of this project:
 * the day Lambda's own runtime streams, this package is deleted. Started by {@code src/main/lambda/run}.
 */
@NullMarked
package ailb.runtime;

import org.jspecify.annotations.NullMarked;
