package ailb.protocol.json;

import static ailb.protocol.WireFiles.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.DecimalNode;
import java.math.BigDecimal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WrittenNumberTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.5", "-0.0", "0.10", "1e3", "1E+3", "1e-3", "2147483647.5", "-2147483648.0", "9223372036854775808.0",
                "123456789.123456789123456789", "1e999999999", "-1e-999999999"
            })
    void itIsTheDecimalAndIsWrittenAsItWas(String written) {
        WrittenNumber number = new WrittenNumber(written);
        DecimalNode decimal = DecimalNode.valueOf(new BigDecimal(written));

        assertThat(text(Json.bytes(number))).isEqualTo(written);
        assertThat(number.asText()).isEqualTo(written);
        assertThat(number.decimalValue()).isEqualTo(decimal.decimalValue());
        assertThat(number.numberValue()).isEqualTo(decimal.numberValue());
        assertThat(number.doubleValue()).isEqualTo(decimal.doubleValue());
        assertThat(number.intValue()).isEqualTo(decimal.intValue());
        assertThat(number.longValue()).isEqualTo(decimal.longValue());
        assertThat(number.canConvertToInt()).isEqualTo(decimal.canConvertToInt());
        assertThat(number.canConvertToLong()).isEqualTo(decimal.canConvertToLong());
        assertThat(number.isNumber()).isTrue();
        assertThat(number.isIntegralNumber()).isFalse();
        assertThat(number.isFloatingPointNumber()).isTrue();
        assertThat(number).isEqualTo(new WrittenNumber(written)).hasSameHashCodeAs(new WrittenNumber(written));
    }
}
