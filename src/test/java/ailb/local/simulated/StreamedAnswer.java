package ailb.local.simulated;

import static java.nio.charset.StandardCharsets.UTF_8;

import ailb.api.ApiStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * An answer that goes out event by event.
 *
 * @param headers of its head
 * @param events each as it goes on the wire
 * @param pause what passes between two of them
 */
record StreamedAnswer(Map<String, String> headers, List<String> events, Runnable pause) implements ApiStream {

    private static final Pattern WORD = Pattern.compile("\\S*\\s*", Pattern.DOTALL);
    private static final Pattern FRAGMENT = Pattern.compile(".{1,6}", Pattern.DOTALL);

    /** Cuts a text into the words it is streamed in. */
    static List<String> words(String text) {
        return pieces(WORD, text);
    }

    /** Cuts JSON into the fragments it is streamed in, of which hardly one is JSON. */
    static List<String> fragments(String json) {
        return pieces(FRAGMENT, json);
    }

    private static List<String> pieces(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(MatchResult::group).filter(piece -> !piece.isEmpty()).toList();
    }

    @Override
    public void sendTo(Connection caller) {
        try {
            caller.begin(200, headers);
            for (int i = 0; i < events.size(); i++) {
                if (i > 0) {
                    pause.run();
                }
                caller.send(events.get(i).getBytes(UTF_8));
            }
        } catch (IOException e) {
            // Nobody listens any more.
        }
    }
}
