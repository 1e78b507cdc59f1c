package ailb.local.simulated;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A function that a model may call.
 *
 * @param schema of its arguments; missing for none
 */
record Tool(String name, JsonNode schema) {}
