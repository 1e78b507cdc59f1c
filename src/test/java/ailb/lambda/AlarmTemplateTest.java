package ailb.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import ailb.pool.FailureClass;
import ailb.pool.Settings;
import ailb.port.DispatchEvent;
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
                .containsExactlyInAnyOrder(
                        "ApiErrorsAlarm", "ApiThrottlesAlarm", "BatchErrorsAlarm", "BatchThrottlesAlarm",
                        "GatewayErrorsAlarm", "BatchQueueAgeAlarm", "BatchDeadLettersAlarm", "StateStoreDownAlarm",
                        "EndpointNeedsAPersonAlarm")
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
    void errorsAndThrottlesOfEachFunctionRaiseAnAlarm() {
        assertThat(List.of("Api", "Batch")).allSatisfy(
                function -> assertThat(List.of("Errors", "Throttles")).allSatisfy(metric -> {
                    Map<String, Object> alarm = template.map("Resources." + function + metric + "Alarm.Properties");
                    assertThat(alarm)
                            .containsEntry("Namespace", "AWS/Lambda")
                            .containsEntry("MetricName", metric)
                            .containsEntry("Dimensions", dimension("FunctionName", function + "Function"))
                            .containsEntry("Statistic", "Sum")
                            .containsEntry("Threshold", 1);
                }));
    }

    /** Of a REST API's 5XXError the average is the share of the requests. SAM names the API after the stack. */
    @Test
    void aShareOfServerErrorsAtTheGatewayRaisesAnAlarm() {
        assertThat(template.map("Resources.GatewayErrorsAlarm.Properties"))
                .containsEntry("Namespace", "AWS/ApiGateway")
                .containsEntry("MetricName", "5XXError")
                .containsEntry(
                        "Dimensions",
                        List.of(
                                Map.of("Name", "ApiName", "Value", Map.of("Ref", "AWS::StackName")),
                                Map.of("Name", "Stage", "Value", template.at("Resources.Api.Properties.StageName"))))
                .containsEntry("Statistic", "Average")
                .containsEntry("Threshold", 0.05)
                .containsEntry("EvaluationPeriods", 3)
                .containsEntry("DatapointsToAlarm", 2);
    }

    /** CloudWatch may take a minute's lines from the logs after the minute was looked at. */
    @Test
    void alarmsOnMetricsFromLogsLookBackOverSeveralPeriods() {
        assertThat(List.of(STORE_DOWN, NEEDS_A_PERSON)).allSatisfy(alarm -> {
            assertThat(template.at(alarm + "DatapointsToAlarm")).isEqualTo(1);
            assertThat(number(alarm + "EvaluationPeriods")).isGreaterThanOrEqualTo(5);
        });
    }

    private static List<Object> dimension(String name, String reference) {
        return List.of(Map.of("Name", name, "Value", Map.of("Ref", reference)));
    }

    @Test
    void theAlarmForAPersonStaysOnFromOneProbeToTheNext() {
        Duration looksAt = Duration.ofSeconds((long) number(NEEDS_A_PERSON + "Period")
                * number(NEEDS_A_PERSON + "EvaluationPeriods"));

        assertThat(looksAt).isGreaterThan(Settings.Health.LONGEST_OPEN);
        assertThat(template.at(NEEDS_A_PERSON + "DatapointsToAlarm")).isEqualTo(1);
    }

    /** An alarm names one series: its namespace, its metric and its dimensions, here the stack alone. */
    private void assertRaises(DispatchEvent event, String alarm, String statistic) {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        new EmbeddedMetrics("stack").addTo(line, event, 0);
        String metric = template.text(alarm + "MetricName");

        assertThat(line.path(metric).asInt()).isEqualTo(template.at(alarm + "Threshold"));
        assertThat(line.path("_aws").path("CloudWatchMetrics"))
                .filteredOn(directive -> directive.at("/Metrics/0/Name").asText().equals(metric))
                .singleElement()
                .satisfies(directive -> {
                    assertThat(directive.path("Namespace").asText()).isEqualTo(template.at(alarm + "Namespace"));
                    assertThat(directive.path("Dimensions")).hasToString("[[\"Stack\"]]");
                });
        assertThat(template.at(alarm + "Dimensions")).isEqualTo(dimension("Stack", "AWS::StackName"));
        assertThat(template.at(alarm + "Statistic")).isEqualTo(statistic);
        assertThat(template.at(alarm + "ComparisonOperator")).isEqualTo("GreaterThanOrEqualToThreshold");
        assertThat(template.at(alarm + "TreatMissingData")).isEqualTo("notBreaching");
    }

    private int number(String path) {
        return (Integer) template.at(path);
    }
}
