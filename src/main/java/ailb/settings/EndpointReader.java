package ailb.settings;

import ailb.pool.Endpoint;
import ailb.pool.LimitKind;
import ailb.pool.Limits;
import ailb.pool.Operation;
import ailb.pool.Pacing;
import ailb.pool.Price;
import ailb.pool.Provider;
import ailb.pool.TokenAccounting;
import ailb.settings.ParsedValue.Bad;
import ailb.settings.ParsedValue.Good;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads one element of {@code endpoints}. */
final class EndpointReader {

    private static final int MOST_MODELS = 100;
    private static final int MOST_REFUSED_FIELDS = 50;
    private static final long HIGHEST_LIMIT = 1_000_000_000L;

    private static final Rule<Provider> PROVIDER = Rule.oneOf(Provider.class);
    private static final Rule<Pacing> PACING = Rule.oneOf(Pacing.class);
    private static final Rule<TokenAccounting> TOKEN_ACCOUNTING = Rule.oneOf(TokenAccounting.class);
    private static final Rule<Operation> OPERATION = Rule.oneOf(Operation.class);
    private static final Rule<Operation> CHAT_ONLY = Rule.of(
            "\"chat\", the only one for a provider \"anthropic\"",
            value -> "chat".equals(value.textValue()) ? Optional.of(Operation.CHAT) : Optional.empty());
    private static final Set<String> NEEDED_FIELDS = Set.of("model", "messages", "input");
    private static final Rule<String> REFUSED_FIELD = new Rule<>(Rule.NAME.wanted(), EndpointReader::refusedField);
    private static final Rule<Double> WEIGHT = Rule.numberAboveZero(1000);
    private static final Rule<Double> MARGIN = Rule.number(0.01, 1);
    private static final Rule<Long> LIMIT = new Rule<>("a whole number above 0", EndpointReader::limit);
    private static final Rule<Double> PRICE = Rule.number(0, 1_000_000);

    /** Empty: the limit applies to a rolling day. */
    private static final Rule<Optional<ZoneId>> DAY_RESET = Rule.of(
            "a time zone such as \"UTC\" or \"America/Los_Angeles\", or \"rolling\"", EndpointReader::dayReset);

    private final Problems problems;
    private final Unique names = new Unique(Rule.NAME);

    EndpointReader(Problems problems) {
        this.problems = problems;
    }

    /** The endpoint; empty if this or an earlier part of the file has a problem. */
    Optional<Endpoint> read(Fields fields) {
        String name =
                fields.required("name", Rule.NAME.wanted()).flatMap(names::read).orElse("");
        Provider provider = fields.required("provider", PROVIDER, Provider.OPENAI);
        URI baseUrl = fields.orDefault("base_url", BaseUrl.RULE, BaseUrl.byDefault(provider));
        String modelId = fields.required("model_id", Rule.MODEL, "");
        List<String> models = models(fields);
        Set<Operation> operations = operations(fields, provider);
        Set<String> refusedFields = refusedFields(fields);
        String apiKey = fields.required("api_key", KeyName.RULE, "");
        double weight = fields.orDefault("weight", WEIGHT, 1.0);
        Limits limits = limits(fields, provider);
        Optional<Price> price =
                fields.nullable("price").flatMap(JsonField::fields).map(EndpointReader::price);
        fields.refuseOthers();
        return problems.none()
                ? Optional.of(new Endpoint(
                        name, provider, baseUrl, modelId, models, operations, refusedFields, apiKey, weight, limits,
                        price.orElse(null)))
                : Optional.empty();
    }

    private static List<String> models(Fields fields) {
        Unique unique = new Unique(Rule.MODEL);
        return fields.required("models", "a list of public model names")
                .stream()
                .flatMap(list -> list.elements(MOST_MODELS).stream())
                .flatMap(element -> unique.read(element).stream())
                .toList();
    }

    private static Set<Operation> operations(Fields fields, Provider provider) {
        Rule<Operation> rule =
                switch (provider) {
                    case OPENAI -> OPERATION;
                    case ANTHROPIC -> CHAT_ONLY;
                };
        List<Operation> given = fields.field("operations")
                .stream()
                .flatMap(list -> list.elements(Operation.values().length).stream())
                .flatMap(element -> element.read(rule).stream())
                .toList();
        return given.isEmpty() ? Set.of(Operation.CHAT) : EnumSet.copyOf(given);
    }

    private static Set<String> refusedFields(Fields fields) {
        Unique unique = new Unique(REFUSED_FIELD);
        return fields.field("refuse_fields")
                .stream()
                .flatMap(list -> list.elements(MOST_REFUSED_FIELDS).stream())
                .flatMap(element -> unique.read(element).stream())
                .collect(Collectors.toSet());
    }

    private static ParsedValue<String> refusedField(JsonNode value) {
        return value.isTextual() && NEEDED_FIELDS.contains(value.textValue())
                ? new Bad<>("must not be " + RedactedValue.of(value) + ", which every request needs")
                : Rule.NAME.reader().apply(value);
    }

    private static Limits limits(Fields fields, Provider provider) {
        Map<LimitKind, Long> amounts = new EnumMap<>(LimitKind.class);
        for (LimitKind kind : LimitKind.values()) {
            fields.optional(Rule.word(kind), LIMIT).ifPresent(amount -> amounts.put(kind, amount));
        }
        return new Limits(
                amounts,
                fields.orDefault("pacing", PACING, pacingByDefault(provider)),
                orNone(fields.optional("burst", burst(fields, amounts))),
                orNone(fields.optional("margin", MARGIN)),
                fields.orDefault("token_accounting", TOKEN_ACCOUNTING, accountingByDefault(provider)),
                fields.orDefault("day_reset", DAY_RESET, Optional.of(ZoneId.of("UTC")))
                        .orElse(null));
    }

    /** The burst is at most one minute's requests, and needs {@code requests_per_minute}. */
    private static Rule<Double> burst(Fields fields, Map<LimitKind, Long> amounts) {
        return fields.nullable(Rule.word(LimitKind.REQUESTS_PER_MINUTE)).isPresent()
                ? Rule.number(1, amounts.getOrDefault(LimitKind.REQUESTS_PER_MINUTE, HIGHEST_LIMIT))
                : new Rule<>("left out",
                        _ -> new Bad<>("needs requests_per_minute: it says how many of those may start at once"));
    }

    private static Pacing pacingByDefault(Provider provider) {
        return switch (provider) {
            case OPENAI -> Pacing.SMOOTH;
            case ANTHROPIC -> Pacing.BUCKET;
        };
    }

    private static TokenAccounting accountingByDefault(Provider provider) {
        return switch (provider) {
            case OPENAI -> TokenAccounting.MAX;
            case ANTHROPIC -> TokenAccounting.ESTIMATE;
        };
    }

    private static Price price(Fields fields) {
        double input = fields.required("input_per_million", PRICE, 0.0);
        double output = fields.required("output_per_million", PRICE, 0.0);
        double cached = fields.optional("cached_input_per_million", PRICE).orElse(input);
        double reasoning = fields.optional("reasoning_per_million", PRICE).orElse(output);
        fields.refuseOthers();
        return new Price(input, output, cached, reasoning);
    }

    private static ParsedValue<Long> limit(JsonNode value) {
        if (value.isNumber() && value.decimalValue().doubleValue() > HIGHEST_LIMIT) {
            return new Bad<>("must be at most " + HIGHEST_LIMIT + ", not " + RedactedValue.of(value));
        }
        return Rule.wholeBetween(value, 1, HIGHEST_LIMIT)
                .<ParsedValue<Long>>map(Good::new)
                .orElseGet(() -> new Bad<>("must be " + LIMIT.wanted() + ", not " + RedactedValue.of(value)));
    }

    private static Optional<Optional<ZoneId>> dayReset(JsonNode value) {
        if (!value.isTextual()) {
            return Optional.empty();
        }
        if (value.textValue().equals("rolling")) {
            return Optional.of(Optional.empty());
        }
        try {
            return Optional.of(Optional.of(ZoneId.of(value.textValue())));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static OptionalDouble orNone(Optional<Double> number) {
        return number.map(OptionalDouble::of).orElseGet(OptionalDouble::empty);
    }
}
