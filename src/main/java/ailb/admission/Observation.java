package ailb.admission;

import ailb.state.EndpointState;

/**
 * An endpoint's item as this instance last saw it.
 *
 * @param age nanoseconds since it was read
 * @param callsPerSecond admissions a second of the whole fleet, as far as the item tells
 */
public record Observation(EndpointState state, long age, double callsPerSecond) {}
