package ailb.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Worked by hand; a dollar a million tokens is 1,000 nano-dollars a token. */
class PriceTest {

    private static final Price PRICE = new Price(2.5, 10, 1.25, 12);

    /** 1,000 x 2.5 + 200 x 10 = 4,500 millionths of a dollar. */
    @Test
    void inputAndOutputHaveTheirPrices() {
        assertThat(PRICE.nanoDollars(1000, 200)).isEqualTo(4_500_000);
    }

    /** 100 x 2.5 + 900 x 1.25 + 200 x 10 = 250 + 1,125 + 2,000. */
    @Test
    void inputFromTheCacheHasAPriceOfItsOwn() {
        assertThat(PRICE.nanoDollars(1000, 900, 200, 0)).isEqualTo(3_375_000);
    }

    /** 1,000 x 2.5 + 50 x 10 + 150 x 12 = 2,500 + 500 + 1,800. */
    @Test
    void reasoningHasAPriceOfItsOwn() {
        assertThat(PRICE.nanoDollars(1000, 0, 200, 150)).isEqualTo(4_800_000);
    }

    /** 1,000 x 2.5 + 200 x 10, whatever the parts. */
    @Test
    void withoutThemCachedInputAndReasoningCostTheSameAsTheRest() {
        assertThat(new Price(2.5, 10).nanoDollars(1000, 900, 200, 150)).isEqualTo(4_500_000);
    }

    /** All 10 cached and all 5 reasoning: 10 x 1.25 + 5 x 12 = 72.5. */
    @Test
    void aPartCannotBeMoreThanTheWhole() {
        assertThat(PRICE.nanoDollars(10, 11, 5, 6)).isEqualTo(72_500);
    }

    @Test
    void noPriceIsNegative() {
        assertThatThrownBy(() -> new Price(-1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Price(0, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Price(0, 0, -1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Price(0, 0, 0, Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    }
}
