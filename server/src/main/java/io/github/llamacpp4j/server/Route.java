package io.github.llamacpp4j.server;

import java.util.function.Consumer;

/**
 * What answers one path.
 *
 * @param method the method that it answers: {@code GET}, with which goes {@code HEAD}, or {@code POST}
 * @param access who may ask, and when
 * @param operation how it is described
 * @param handler what answers
 */
record Route(String method, Access access, Operation operation, Consumer<HttpExchange> handler) {

    /** Who may ask, and when. */
    enum Access {
        /** Everybody, always. */
        OPEN,
        /** Who shows a key, always. */
        KEY,
        /** Who shows a key, while the server takes work. */
        WORK
    }

    /** A question without a body. */
    static Route get(Access access, Operation operation, Consumer<HttpExchange> handler) {
        return new Route("GET", access, operation, handler);
    }

    /** Work on a JSON body. */
    static Route post(Operation operation, Consumer<HttpExchange> handler) {
        return new Route("POST", Access.WORK, operation, handler);
    }

    boolean answers(String asked) {
        return asked.equals(method) || (asked.equals("HEAD") && method.equals("GET"));
    }

    /** The methods that it answers, as in the {@code Allow} header. */
    String allow() {
        return method.equals("GET") ? "GET, HEAD, OPTIONS" : method + ", OPTIONS";
    }
}
