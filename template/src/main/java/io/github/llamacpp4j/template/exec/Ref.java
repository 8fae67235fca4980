package io.github.llamacpp4j.template.exec;

/**
 * A variable as the compiler knows it.
 *
 * @param name its name
 * @param owner the function whose activation holds it
 * @param slot where in the activation
 */
record Ref(String name, FunctionScope owner, int slot) {}
