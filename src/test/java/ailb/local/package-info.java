/**
 * The balancer on a laptop: the real {@code api} over plain HTTP, on an embedded DynamoDB Local and, unless told of others,
 * simulated providers. Lives among the tests, since nothing of it may reach the deployed artifact.
 */
@NullMarked
package ailb.local;

import org.jspecify.annotations.NullMarked;
