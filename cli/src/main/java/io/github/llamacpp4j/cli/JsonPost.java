package io.github.llamacpp4j.cli;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import tools.jackson.databind.node.ObjectNode;

/** Requests with a JSON body, in the version of HTTP that most clients of such servers speak. */
final class JsonPost {

    private JsonPost() {}

    static HttpRequest.Builder to(URI address, ObjectNode body) {
        return HttpRequest.newBuilder(address)
                .version(HttpClient.Version.HTTP_1_1)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(Json.line(body)));
    }
}
