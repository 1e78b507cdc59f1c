/**
 * HTTP over sockets: the client that calls providers and the plain server in front of {@code api}.
 */
@NullMarked
package ailb.http;

import org.jspecify.annotations.NullMarked;
