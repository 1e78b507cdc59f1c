package ailb.local.simulated;

import static java.nio.charset.StandardCharsets.UTF_8;

import ailb.dispatch.Events;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An answer as OpenAI streams it, a word an event.
 *
 * @param id of the completion
 * @param showsUsage whether the last event but one tells the usage
 * @param pause what passes between two events
 */
record OpenAiEvents(String id, Call call, boolean showsUsage, Instant now, Runnable pause) implements Events {

    @Override
    public void sendTo(Sink sink) {
        try {
            send(sink, chunk("assistant", "", null));
            for (String word : call.answer().split("(?<= )")) {
                pause.run();
                send(sink, chunk(null, word, null));
            }
            send(sink, chunk(null, null, call.isCut() ? "length" : "stop"));
            if (showsUsage) {
                ObjectNode last = head();
                last.putArray("choices");
                last.putObject("usage")
                        .put("prompt_tokens", call.inputTokens())
                        .put("completion_tokens", call.outputTokens())
                        .put("total_tokens", call.inputTokens() + call.outputTokens());
                send(sink, last);
            }
            sink.send("data: [DONE]\n\n".getBytes(UTF_8));
        } catch (IOException e) {
            // Nobody listens any more.
        }
    }

    private ObjectNode head() {
        return JsonNodeFactory.instance.objectNode()
                .put("id", id)
                .put("object", "chat.completion.chunk")
                .put("created", now.getEpochSecond())
                .put("model", call.model());
    }

    private ObjectNode chunk(@Nullable String role, @Nullable String content, @Nullable String finishReason) {
        ObjectNode chunk = head();
        ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
        ObjectNode delta = choice.putObject("delta");
        if (role != null) {
            delta.put("role", role);
        }
        if (content != null) {
            delta.put("content", content);
        }
        choice.put("finish_reason", finishReason);
        return chunk;
    }

    private static void send(Sink sink, ObjectNode chunk) throws IOException {
        sink.send(("data: " + chunk + "\n\n").getBytes(UTF_8));
    }
}
