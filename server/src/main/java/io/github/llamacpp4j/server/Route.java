package io.github.llamacpp4j.server;

/**
 * What answers one path.
 *
 * @param method the method that it answers: {@code GET}, with which goes {@code HEAD}, or {@code POST}
 * @param access who may ask, and when
 * @param endpoint what answers
 */
record Route(String method, Access access, Endpoint endpoint) {

    /** Who may ask, and when. */
    enum Access {
        /** Everybody, always. */
        OPEN,
        /** Who shows a key, always. */
        KEY,
        /** Who shows a key, while the server takes work. */
        WORK
    }

    static Route get(Access access, Endpoint endpoint) {
        return new Route("GET", access, endpoint);
    }

    static Route post(Endpoint endpoint) {
        return new Route("POST", Access.WORK, endpoint);
    }

    boolean answers(String asked) {
        return asked.equals(method) || (asked.equals("HEAD") && method.equals("GET"));
    }

    /** The methods that it answers, as in the {@code Allow} header. */
    String allow() {
        return method.equals("GET") ? "GET, HEAD, OPTIONS" : method + ", OPTIONS";
    }
}
