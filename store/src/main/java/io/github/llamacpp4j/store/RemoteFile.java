package io.github.llamacpp4j.store;

import java.net.URI;

/**
 * A file on a web server.
 *
 * @param address where it is
 * @param name the name under which it is kept
 * @param pin what it must be
 */
record RemoteFile(URI address, String name, Alias.Pin pin) {}
