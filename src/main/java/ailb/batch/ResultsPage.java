package ailb.batch;

import java.util.List;

/**
 * A page of a batch's outcomes, in the order of its lines.
 *
 * @param last the line after which the next page begins, from 0; -1 before the first
 * @param more whether there is an outcome after it, or may be later
 */
public record ResultsPage(List<LineResult> results, int last, boolean more) {

    public ResultsPage {
        results = List.copyOf(results);
    }
}
