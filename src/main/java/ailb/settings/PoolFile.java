package ailb.settings;

import ailb.pool.Endpoint;
import ailb.pool.Pool;
import ailb.pool.Settings;
import java.util.List;

/** Reads pool.json. */
public final class PoolFile {

    private static final int MOST_ENDPOINTS = 1000;

    private PoolFile() {}

    /**
     * Parses a pool file.
     *
     * @param json JSON in UTF-8
     * @throws PoolFileException if the file has problems; it lists all of them
     */
    public static Pool parse(byte[] json) {
        Problems problems = new Problems();
        JsonField file = new JsonField("", JsonTree.read(json, problems), problems);
        Fields fields = file.fields().orElseThrow(problems::asException);
        EndpointReader reader = new EndpointReader(problems);
        List<Endpoint> endpoints = fields.required("endpoints", "a list of endpoints")
                .stream()
                .flatMap(list -> list.elements(MOST_ENDPOINTS).stream())
                .flatMap(element -> element.fields().stream())
                .flatMap(endpoint -> reader.read(endpoint).stream())
                .toList();
        Settings settings = SettingsReader.read(fields);
        fields.refuseOthers();
        if (!problems.none()) {
            throw problems.asException();
        }
        return new Pool(endpoints, settings);
    }
}
