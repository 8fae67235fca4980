package io.github.llamacpp4j.engine;

/** Which version of Mirostat (Basu et al., 2020) controls the surprise of the text; it replaces all other samplers. */
public enum Mirostat {
    /** Not used. */
    OFF,
    /** Estimates the shape of the distribution and keeps a matching number of tokens. */
    V1,
    /** Cuts at the target surprise directly. */
    V2
}
