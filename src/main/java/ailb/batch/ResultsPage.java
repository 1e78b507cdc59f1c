package ailb.batch;

import java.util.List;

/**
 * A stretch of a batch's outcomes, in the order of its lines.
 *
 * @param last the line that the next page comes after, from 0; -1 before the first
 * @param more whether there is, or may yet be, an outcome after it
 */
public record ResultsPage(List<LineResult> results, int last, boolean more) {

    public ResultsPage {
        results = List.copyOf(results);
    }
}
