package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.dispatch.DispatchEvent;
import ailb.pool.FailureClass;
import ailb.pool.Settings;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The alarms of template.yaml, against the metrics that the code writes. */
class AlarmTemplateTest {

    private static final String STORE_DOWN = "Resources.StateStoreDownAlarm.Properties.";
    private static final String NEEDS_A_PERSON = "Resources.EndpointNeedsAPersonAlarm.Properties.";

    private final Template template;

    AlarmTemplateTest() throws IOException {
        template = new Template();
    }

    @Test
    void sendsEveryAlarmToATopicIfThereIsOne() {
        assertThat(template.at("Parameters.AlarmTopicArn.Default")).isEqualTo("");
        assertThat(template.resources("AWS::CloudWatch::Alarm"))
                .containsExactlyInAnyOrder("BatchDeadLettersAlarm", "StateStoreDownAlarm", "EndpointNeedsAPersonAlarm")
                .allSatisfy(
                        alarm -> assertThat(template.at("Resources." + alarm + ".Properties.AlarmActions"))
                                .isEqualTo(
                                        Map.of(
                                                "If",
                                                List.of(
                                                        "HasAlarmTopic",
                                                        List.of(Map.of("Ref", "AlarmTopicArn")),
                                                        Map.of("Ref", "AWS::NoValue")))));
    }

    @Test
    void aStoreThatIsDownRaisesItsAlarm() {
        assertRaises(new DispatchEvent.StoreDown("all", "timeout"), STORE_DOWN, "Maximum");
    }

    @Test
    void anEndpointThatWaitsForAPersonRaisesItsAlarm() {
        assertRaises(new DispatchEvent.Opened("a", FailureClass.CREDENTIAL), NEEDS_A_PERSON, "Sum");
    }

    @Test
    void theAlarmForAPersonStaysOnFromOneProbeToTheNext() {
        Duration looksAt = Duration.ofSeconds((long) number(NEEDS_A_PERSON + "Period")
                * number(NEEDS_A_PERSON + "EvaluationPeriods"));

        assertThat(looksAt).isGreaterThan(Settings.Health.LONGEST_OPEN);
        assertThat(template.at(NEEDS_A_PERSON + "DatapointsToAlarm")).isEqualTo(1);
    }

    /** An alarm names one series: its namespace, its metric and its dimensions, here none. */
    private void assertRaises(DispatchEvent event, String alarm, String statistic) {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        EmbeddedMetrics.addTo(line, event, 0);
        String metric = template.text(alarm + "MetricName");

        assertThat(line.path(metric).asInt()).isEqualTo(template.at(alarm + "Threshold"));
        assertThat(line.path("_aws").path("CloudWatchMetrics"))
                .filteredOn(directive -> directive.at("/Metrics/0/Name").asText().equals(metric))
                .singleElement()
                .satisfies(directive -> {
                    assertThat(directive.path("Namespace").asText()).isEqualTo(template.at(alarm + "Namespace"));
                    assertThat(directive.path("Dimensions")).hasToString("[[]]");
                });
        assertThat(template.at(alarm + "Statistic")).isEqualTo(statistic);
        assertThat(template.at(alarm + "ComparisonOperator")).isEqualTo("GreaterThanOrEqualToThreshold");
        assertThat(template.at(alarm + "TreatMissingData")).isEqualTo("notBreaching");
    }

    private int number(String path) {
        return (Integer) template.at(path);
    }
}
