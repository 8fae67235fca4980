package io.github.llamacpp4j.testkit.base;

import io.github.llamacpp4j.gguf.GgmlType;
import io.github.llamacpp4j.gguf.GgufWriter;
import java.util.Arrays;
import java.util.Random;

/** Adds tensors of seeded random weights to a file. */
final class RandomTensors {

    private final GgufWriter file;
    private final GgmlType matrixType;
    private final Random random;

    RandomTensors(GgufWriter file, GgmlType matrixType, long seed) {
        this.file = file;
        this.matrixType = matrixType;
        this.random = new Random(seed);
    }

    /** A matrix of {@code rows} rows whose products keep about the size of their input. */
    void matrix(String name, int columns, int rows) {
        float[] weights = new float[columns * rows];
        double scale = 1 / Math.sqrt(columns);
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (random.nextGaussian() * scale);
        }
        if (matrixType == GgmlType.F16) {
            file.tensorF16(name, weights, columns, rows);
        } else {
            file.tensorF32(name, weights, columns, rows);
        }
    }

    /** A matrix of token or position vectors. */
    void embedding(String name, int size, int count) {
        float[] weights = new float[size * count];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        file.tensorF32(name, weights, size, count);
    }

    void vector(String name, int size, float value) {
        file.tensorF32(name, filled(size, value), size);
    }

    /** A matrix in F32 of one value. */
    void constant(String name, float value, int columns, int rows) {
        file.tensorF32(name, filled(columns * rows, value), columns, rows);
    }

    private static float[] filled(int size, float value) {
        float[] weights = new float[size];
        Arrays.fill(weights, value);
        return weights;
    }
}
