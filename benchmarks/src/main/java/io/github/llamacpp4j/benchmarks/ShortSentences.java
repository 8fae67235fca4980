package io.github.llamacpp4j.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** 256 different sentences of about 13 tokens, in an order that mixes them. */
final class ShortSentences {
    static final int COUNT = 256;

    private static final List<String> SUBJECTS = List.of(
            "The old lighthouse keeper",
            "A small grey cat",
            "My neighbour's daughter",
            "The city council",
            "An unexpected storm",
            "The new library",
            "Our train",
            "The quiet professor");
    private static final List<String> VERBS =
            List.of("watched", "repaired", "ignored", "described", "followed", "crossed", "celebrated", "remembered");
    private static final List<String> OBJECTS = List.of(
            "the narrow harbour at dawn",
            "a broken bicycle near the river",
            "the long discussion about taxes",
            "an ancient map of the islands");

    private ShortSentences() {}

    static List<String> all() {
        List<String> sentences = new ArrayList<>(COUNT);
        for (String subject : SUBJECTS) {
            for (String verb : VERBS) {
                OBJECTS.forEach(object -> sentences.add(subject + " " + verb + " " + object + "."));
            }
        }
        Collections.shuffle(sentences, new Random(7));
        return sentences;
    }
}
