package io.github.llamacpp4j.server;

/** What answers requests of one route that bring a JSON body. Thread-safe; each request has a virtual thread of its own. */
@FunctionalInterface
interface Endpoint {

    /**
     * Answers one request, by {@link Exchange#json} or {@link Exchange#events}. Whatever it throws becomes an error reply, or,
     * once events were sent, an error event.
     */
    void handle(Exchange exchange);
}
