package ailb.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A function that keeps the events it got and answers as a test says. */
final class ToyFunction implements StreamingFunction {

    static final String OK = "{\"statusCode\":200,\"headers\":{\"content-type\":\"text/plain\"}}" + "\0".repeat(8);

    interface Answer {
        void write(OutputStream out) throws IOException, InterruptedException;
    }

    private final Answer answer;
    private final List<String> events = new CopyOnWriteArrayList<>();

    private ToyFunction(Answer answer) {
        this.answer = answer;
    }

    static ToyFunction answering(Answer answer) {
        return new ToyFunction(answer);
    }

    static ToyFunction saying(String... pieces) {
        return new ToyFunction(out -> {
            for (String piece : pieces) {
                write(out, piece);
            }
        });
    }

    static void write(OutputStream out, String piece) throws IOException {
        out.write(piece.getBytes(UTF_8));
    }

    List<String> events() {
        return events;
    }

    @Override
    public void invoke(String event, OutputStream out) throws IOException, InterruptedException {
        events.add(event);
        answer.write(out);
    }
}
