package io.github.llamacpp4j.server;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** All routes of a server by path; a path may end in one part that stands for anything, such as {@code /v1/models/{model}}. */
final class Routes {

    private final Map<String, Route> routes;
    private final Map<String, String> openEnded = new LinkedHashMap<>();

    Routes(Map<String, Route> routes) {
        this.routes = Collections.unmodifiableMap(new LinkedHashMap<>(routes));
        for (String pattern : routes.keySet()) {
            int variable = pattern.indexOf('{');
            if (variable >= 0) {
                openEnded.put(pattern.substring(0, variable), pattern);
            }
        }
    }

    /** The pattern that a path follows. */
    Optional<String> pattern(String path) {
        if (routes.containsKey(path)) {
            return path.indexOf('{') < 0 ? Optional.of(path) : Optional.empty();
        }
        int last = path.lastIndexOf('/') + 1;
        return last < path.length() ? Optional.ofNullable(openEnded.get(path.substring(0, last))) : Optional.empty();
    }

    /** The route of a pattern. */
    Route get(String pattern) {
        Route route = routes.get(pattern);
        if (route == null) {
            throw new IllegalArgumentException("no route is called " + pattern);
        }
        return route;
    }

    /** Pattern to route. */
    Map<String, Route> all() {
        return routes;
    }
}
