package ailb.aws;

import ailb.state.Assignment;
import ailb.state.Attribute;
import ailb.state.ConditionalUpdate;
import ailb.state.Guard;
import java.util.HashMap;
import java.util.Map;
import java.util.StringJoiner;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * Writes a {@link ConditionalUpdate} in DynamoDB's language. All attributes have placeholders, because some of our
 * short names are reserved words there ({@code as}, {@code by}, {@code to}).
 */
final class UpdateRendering {

    private final Map<String, String> names = new HashMap<>();
    private final Map<String, AttributeValue> values = new HashMap<>();
    private final StringJoiner conditions = new StringJoiner(" AND ");
    private final StringJoiner puts = clause("SET ");
    private final StringJoiner adds = clause(" ADD ");
    private final StringJoiner removes = clause(" REMOVE ");

    private UpdateRendering(ConditionalUpdate update) {
        update.guards().forEach(guard -> conditions.add(condition(guard)));
        update.assignments().forEach(this::assign);
    }

    private static StringJoiner clause(String keyword) {
        return new StringJoiner(", ", keyword, "").setEmptyValue("");
    }

    /**
     * The request for an update. The reply has the item after the write, or the current item if the write was rejected.
     */
    static UpdateItemRequest request(String table, Map<String, AttributeValue> key, ConditionalUpdate update) {
        UpdateRendering rendering = new UpdateRendering(update);
        UpdateItemRequest.Builder request = UpdateItemRequest.builder()
                .tableName(table)
                .key(key)
                .updateExpression(
                        rendering.puts.toString() + rendering.adds.toString() + rendering.removes.toString())
                .expressionAttributeNames(rendering.names)
                .returnValues(ReturnValue.ALL_NEW);
        if (!update.guards().isEmpty()) {
            request.conditionExpression(rendering.conditions.toString());
            request.returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD);
        }
        if (!rendering.values.isEmpty()) {
            request.expressionAttributeValues(rendering.values);
        }
        return request.build();
    }

    private String condition(Guard guard) {
        String name = name(guard.attribute());
        return switch (guard) {
            case Guard.Absent _ -> "attribute_not_exists(" + name + ")";
            case Guard.Between(Attribute attribute, long low, long high) -> between(name, attribute, low, high);
        };
    }

    /** In DynamoDB a comparison with an absent attribute is false, and so is the guard. */
    private String between(String name, Attribute attribute, long low, long high) {
        String lowest = ":" + attribute.name() + "low";
        String highest = ":" + attribute.name() + "high";
        if (low == high) {
            return name + " = " + value(lowest, low);
        }
        if (low == Long.MIN_VALUE && high == Long.MAX_VALUE) {
            return "attribute_exists(" + name + ")";
        }
        if (low == Long.MIN_VALUE) {
            return name + " <= " + value(highest, high);
        }
        if (high == Long.MAX_VALUE) {
            return name + " >= " + value(lowest, low);
        }
        return name + " BETWEEN " + value(lowest, low) + " AND " + value(highest, high);
    }

    private void assign(Assignment assignment) {
        String name = name(assignment.attribute());
        String placeholder = ":" + assignment.attribute().name();
        switch (assignment) {
            case Assignment.Put(_, long value) -> puts.add(name + " = " + value(placeholder, value));
            case Assignment.Add(_, long delta) -> adds.add(name + " " + value(placeholder, delta));
            case Assignment.Remove _ -> removes.add(name);
        }
    }

    private String name(Attribute attribute) {
        String placeholder = "#" + attribute.name();
        names.put(placeholder, attribute.name());
        return placeholder;
    }

    private String value(String placeholder, long value) {
        values.put(placeholder, AttributeValue.fromN(Long.toString(value)));
        return placeholder;
    }
}
