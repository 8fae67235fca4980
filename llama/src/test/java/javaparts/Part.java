package javaparts;

/**
 * A record of a package that begins like those of the JDK.
 *
 * @param name its name
 */
public record Part(String name) {}
