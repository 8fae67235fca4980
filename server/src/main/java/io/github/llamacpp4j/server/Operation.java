package io.github.llamacpp4j.server;

import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the OpenAPI description says of a route.
 *
 * @param summary what it is for, in one sentence
 * @param request the JSON schema of the body that it takes; absent if it takes none
 * @param replyType the media type of its answer
 * @param reply the JSON schema of its answer; absent if that is not JSON
 * @param events the JSON schema of the events that it may answer with instead; absent if it does not stream
 */
record Operation(
        String summary,
        Optional<ObjectNode> request,
        String replyType,
        Optional<ObjectNode> reply,
        Optional<ObjectNode> events) {

    static final String JSON = "application/json";

    /** A question without a body, answered in JSON. */
    static Operation question(String summary, ObjectNode reply) {
        return new Operation(summary, Optional.empty(), JSON, Optional.of(reply), Optional.empty());
    }

    /** A question without a body, answered in text. */
    static Operation textQuestion(String summary, String replyType) {
        return new Operation(summary, Optional.empty(), replyType, Optional.empty(), Optional.empty());
    }

    /** A request with a body, answered in JSON. */
    static Operation request(String summary, ObjectNode request, ObjectNode reply) {
        return new Operation(summary, Optional.of(request), JSON, Optional.of(reply), Optional.empty());
    }

    /** The same, which may also be answered by a stream of events. */
    Operation streaming(ObjectNode event) {
        return new Operation(summary, request, replyType, reply, Optional.of(event));
    }
}
