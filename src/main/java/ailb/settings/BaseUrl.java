package ailb.settings;

import ailb.pool.Provider;
import ailb.settings.ParsedValue.Bad;
import ailb.settings.ParsedValue.Good;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;

/** Checks a provider's base URL. A URL may contain a password or a key, so no error repeats it. */
final class BaseUrl {

    static final Rule<URI> RULE = new Rule<>("an https URL such as \"https://api.openai.com/v1\"", BaseUrl::read);

    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|\\[::1]|127(\\.(25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}", Pattern.CASE_INSENSITIVE);

    private static final Pattern OPERATION =
            Pattern.compile("/(chat/completions|completions|embeddings|responses|messages)$");

    private BaseUrl() {}

    static URI byDefault(Provider provider) {
        return switch (provider) {
            case OPENAI -> URI.create("https://api.openai.com/v1");
            case ANTHROPIC -> URI.create("https://api.anthropic.com/v1");
        };
    }

    private static ParsedValue<URI> read(JsonNode value) {
        if (!value.isTextual()) {
            return new Bad<>("must be " + RULE.wanted() + ", not " + RedactedValue.of(value));
        }
        try {
            return read(new URI(value.textValue().replaceFirst("/+$", "")));
        } catch (URISyntaxException e) {
            return notAUrl();
        }
    }

    private static ParsedValue<URI> read(URI url) {
        boolean https = "https".equalsIgnoreCase(url.getScheme());
        boolean http = "http".equalsIgnoreCase(url.getScheme());
        if (!(https || http) || url.getHost() == null || url.getPort() == 0 || url.getPort() > 65535) {
            return notAUrl();
        }
        if (http && !LOOPBACK.matcher(url.getHost()).matches()) {
            return new Bad<>("must begin with https://; http:// is for localhost, 127.x.x.x and [::1] only");
        }
        if (url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null) {
            return new Bad<>("must not have a user, a query or a fragment; keys belong in the secret");
        }
        if (OPERATION.matcher(url.getRawPath()).find()) {
            return new Bad<>("must end before the operation, as in \"https://api.openai.com/v1\": the balancer adds "
                    + "/chat/completions and the like");
        }
        return new Good<>(url);
    }

    private static ParsedValue<URI> notAUrl() {
        return new Bad<>("must be " + RULE.wanted() + ", not the value given (not shown)");
    }
}
