package io.github.llamacpp4j.server;

/** The client has left: there is nobody to answer. */
final class ClientGoneException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ClientGoneException(Throwable cause) {
        super("the client has closed the connection", cause, false, false);
    }
}
