/**
 * The balancer's HTTP API on values: a request in, a response out, for any front end. Routes, client keys, error
 * bodies, and the pool's statistics as JSON.
 */
@NullMarked
package ailb.api;

import org.jspecify.annotations.NullMarked;
