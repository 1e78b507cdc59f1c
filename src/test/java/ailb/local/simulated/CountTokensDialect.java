package ailb.local.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Anthropic's count of what a message would take. It has limits of its own, which are not played. */
final class CountTokensDialect implements Dialect {

    private static final List<String> ANSWERS_ONLY = List.of("max_tokens", "stream");

    @Override
    public Optional<Fault> fault(JsonNode body) {
        return ANSWERS_ONLY.stream()
                .filter(body::has)
                .findFirst()
                .flatMap(field -> Fault.of(field + ": Extra inputs are not permitted"))
                .or(() -> MessagesFaults.ofCounted(body));
    }

    @Override
    public Call call(String id, String name, String model, JsonNode body) {
        return Call.of(id, model, MessagesDialect.asked(body).characters(), OptionalLong.empty(), Said.NOTHING);
    }

    @Override
    public ObjectNode answer(Call call, JsonNode body, Instant now) {
        return JsonNodeFactory.instance.objectNode().put("input_tokens", call.inputTokens());
    }

    @Override
    public boolean isFree() {
        return true;
    }
}
