package ailb.admission;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.TokenAccounting;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemandTest {

    @ParameterizedTest
    @CsvSource({
        // accounting, characters, max_tokens, mean output learnt, input, output
        "MAX, 400, 100, , 100, 100",
        "MAX, 400, 100, 40, 100, 100",
        "MAX, 401, , 40, 101, 40",
        "MAX, 0, , , 0, 512",
        "MAX_REFUNDED, 400, 100, 40, 100, 100",
        "ESTIMATE, 400, 100, 40, 100, 40",
        "ESTIMATE, 400, 30, 40, 100, 30",
        "ESTIMATE, 400, 100, , 100, 100",
        "ESTIMATE, 400, , , 100, 512",
    })
    void aCallIsEstimatedAsTheProviderCharges(
            TokenAccounting accounting,
            long characters,
            @Nullable Long maxTokens,
            @Nullable Double mean,
            long input,
            long output) {
        Demand demand = Demand.estimate(
                accounting,
                characters,
                maxTokens == null ? OptionalLong.empty() : OptionalLong.of(maxTokens),
                1,
                mean == null ? OptionalDouble.empty() : OptionalDouble.of(mean));

        assertThat(demand).isEqualTo(new Demand(input, output));
    }

    /** What one answer takes on the mean, or 512 where that is not known, for each of them; a bound is of all together. */
    @ParameterizedTest
    @CsvSource({
        "ESTIMATE, , , 3, 1536", "MAX, , , 3, 1536", "ESTIMATE, , 100, 3, 300", "MAX, , 100, 3, 300",
        "ESTIMATE, 250, 100, 3, 250", "MAX, 250, 100, 3, 250", "ESTIMATE, 250, , 3, 250",
        "ESTIMATE, , , 1000000000, 512000000000",
    })
    void severalAnswersTakeAsMuchMore(
            TokenAccounting accounting, @Nullable Long maxTokens, @Nullable Double mean, long answers, long output) {
        Demand demand = Demand.estimate(
                accounting,
                400,
                maxTokens == null ? OptionalLong.empty() : OptionalLong.of(maxTokens),
                answers,
                mean == null ? OptionalDouble.empty() : OptionalDouble.of(mean));

        assertThat(demand).isEqualTo(new Demand(100, output));
    }
}
