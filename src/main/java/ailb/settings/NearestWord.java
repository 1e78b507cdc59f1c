package ailb.settings;

import static java.util.Comparator.comparingInt;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Suggests a word for a misspelled one. */
final class NearestWord {

    private static final int LONGEST = 64;

    private NearestWord() {}

    /**
     * The word with the fewest edits, if these are at most two or a third of its letters. Upper and lower case are
     * equal.
     */
    static Optional<String> to(String written, Collection<String> words) {
        if (written.length() > LONGEST) {
            return Optional.empty();
        }
        String lowerCase = written.toLowerCase(Locale.ROOT);
        return words.stream()
                .filter(word -> distance(lowerCase, word) <= Math.max(2, word.length() / 3))
                .min(comparingInt(word -> distance(lowerCase, word)));
    }

    /** The Levenshtein distance: number of letters to insert, delete or replace. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
