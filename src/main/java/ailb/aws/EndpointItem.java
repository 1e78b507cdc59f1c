package ailb.aws;

import ailb.state.Attribute;
import ailb.state.EndpointState;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** An endpoint's item in the table (ADR 4): a partition key of its own, and each attribute a number (ADR 3). */
final class EndpointItem {

    private static final String PARTITION = "pk";
    private static final String SORT = "sk";
    private static final String PREFIX = "EP#";
    private static final AttributeValue STATE = AttributeValue.fromS("state");

    private static final Map<String, Attribute> ATTRIBUTES =
            Attribute.all().stream().collect(Collectors.toUnmodifiableMap(Attribute::name, Function.identity()));

    private EndpointItem() {}

    static Map<String, AttributeValue> key(String endpoint) {
        return Map.of(PARTITION, AttributeValue.fromS(PREFIX + endpoint), SORT, STATE);
    }

    static boolean isOne(Map<String, AttributeValue> item) {
        return item.containsKey(PARTITION);
    }

    static String endpoint(Map<String, AttributeValue> item) {
        return Objects.requireNonNull(item.get(PARTITION)).s().substring(PREFIX.length());
    }

    /** The state in an item. Unknown attributes are ignored: another version, or a person, may have written them. */
    static EndpointState state(Map<String, AttributeValue> item) {
        Map<Attribute, Long> values = new HashMap<>();
        item.forEach((name, value) -> {
            Attribute attribute = ATTRIBUTES.get(name);
            if (attribute != null) {
                number(value).ifPresent(number -> values.put(attribute, number));
            }
        });
        return new EndpointState(values);
    }

    private static Optional<Long> number(AttributeValue value) {
        if (value.n() == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new BigDecimal(value.n()).longValueExact());
        } catch (ArithmeticException notWhole) {
            return Optional.empty();
        }
    }
}
