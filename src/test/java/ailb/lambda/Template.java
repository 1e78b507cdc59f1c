package ailb.lambda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** template.yaml as a tree; CloudFormation's {@code !Ref x} is the map {@code {Ref: x}} in it. */
final class Template {

    static final Path FILE = Path.of("template.yaml");

    private static final Pattern SUBSTITUTED = Pattern.compile("\\$\\{(\\w+)}");

    private final Map<?, ?> root;

    Template() throws IOException {
        root = new Yaml(new Tags()).load(Files.readString(FILE));
    }

    /**
     * What is at a path of keys.
     *
     * @throws IllegalArgumentException when there is nothing
     */
    Object at(String path) {
        Object node = root;
        for (String key : path.split("\\.")) {
            if (!(node instanceof Map<?, ?> map) || !map.containsKey(key)) {
                throw new IllegalArgumentException(path + ": no '" + key + "' in template.yaml");
            }
            node = map.get(key);
        }
        return node;
    }

    String text(String path) {
        return (String) at(path);
    }

    Map<String, Object> map(String path) {
        return map(at(path));
    }

    /** The ids of the resources of a type. */
    List<String> resources(String type) {
        return map("Resources").keySet()
                .stream()
                .filter(id -> text("Resources." + id + ".Type").equals(type))
                .toList();
    }

    /** The variables of a function's environment, as the parameters' defaults say; a text for what AWS gives a name. */
    Map<String, String> variables(String function) {
        return map("Resources." + function + ".Properties.Environment.Variables").entrySet()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, variable -> value(variable.getValue())));
    }

    private String value(Object node) {
        if (!(node instanceof Map<?, ?> call)) {
            return node.toString();
        }
        if (call.get("If") instanceof List<?> choice) {
            return value(choice.get(1));
        }
        return call.get("Ref") instanceof String name && isParameter(name)
                ? at("Parameters." + name + ".Default").toString()
                : "30";
    }

    private boolean isParameter(String name) {
        return map("Parameters").containsKey(name);
    }

    /** The parameters whose values what is at a path depends on, through conditions too. */
    Set<String> parameters(String path) {
        return dependencies(at(path)).collect(Collectors.toCollection(TreeSet::new));
    }

    private Stream<String> dependencies(Object node) {
        return switch (node) {
            case List<?> list -> list.stream().flatMap(this::dependencies);
            case Map<?, ?> map ->
                map.entrySet().stream().flatMap(entry -> dependencies(entry.getKey(), entry.getValue()));
            default -> Stream.of();
        };
    }

    private Stream<String> dependencies(Object key, Object value) {
        if (key.equals("Ref")) {
            return Stream.of((String) value).filter(this::isParameter);
        }
        if (key.equals("Sub")) {
            return SUBSTITUTED.matcher((String) value).results().map(found -> found.group(1)).filter(this::isParameter);
        }
        Stream<String> condition = key.equals("If")
                ? dependencies(at("Conditions." + ((List<?>) value).getFirst()))
                : Stream.of();
        return Stream.concat(condition, dependencies(value));
    }

    /** A text of a {@code !Sub}, with the longest value that each parameter may have in its place. */
    String longest(String text) {
        return SUBSTITUTED.matcher(text).replaceAll(found -> longestValue(map("Parameters." + found.group(1))));
    }

    private static String longestValue(Map<String, Object> parameter) {
        Object values = parameter.getOrDefault("AllowedValues", parameter.get("MaxValue"));
        return elements(values).map(Object::toString).max(Comparator.comparingInt(String::length)).orElseThrow();
    }

    /** What an output says to run. */
    String command(String output) {
        return (String) map("Outputs." + output + ".Value").get("Sub");
    }

    /** The statements of all policies of a role. */
    Stream<Map<String, Object>> statements(String role) {
        return elements(at("Resources." + role + ".Properties.Policies"))
                .flatMap(policy -> elements(map(map(policy).get("PolicyDocument")).get("Statement")))
                .map(Template::map);
    }

    /** Each action that a role allows, a space, and the id of the resource it is allowed on. */
    Stream<String> permissions(String role) {
        return statements(role).flatMap(
                statement -> elements(statement.get("Action")).flatMap(
                        action -> elements(statement.get("Resource")).map(resource -> action + " " + id(resource))));
    }

    /** Of a resource that is referred to. */
    private static String id(Object reference) {
        String named = (String) map(reference).values().iterator().next();
        return named.replaceFirst("\\.Arn$", "");
    }

    /** The names of all properties of all resources. */
    Stream<String> properties() {
        return map("Resources").keySet()
                .stream()
                .map(id -> "Resources." + id)
                .filter(path -> map(path).containsKey("Properties"))
                .flatMap(path -> map(path + ".Properties").keySet().stream());
    }

    /** A list's elements, or the one thing that stands for a list. */
    static Stream<Object> elements(Object oneOrMany) {
        return oneOrMany instanceof Collection<?> many ? many.stream().map(element -> element) : Stream.of(oneOrMany);
    }

    private static Map<String, Object> map(Object node) {
        Map<String, Object> copy = new LinkedHashMap<>();
        ((Map<?, ?>) node).forEach((key, value) -> copy.put((String) key, value));
        return copy;
    }

    private static final class Tags extends SafeConstructor {

        Tags() {
            super(new LoaderOptions());
            yamlMultiConstructors.put("!", new AbstractConstruct() {
                @Override
                public Object construct(Node node) {
                    String function = node.getTag().getValue().substring(1);
                    return Map.of(
                            function,
                            node instanceof SequenceNode list
                                    ? constructSequence(list)
                                    : ((ScalarNode) node).getValue());
                }
            });
        }
    }
}
