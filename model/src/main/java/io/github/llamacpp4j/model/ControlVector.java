package io.github.llamacpp4j.model;

import static java.util.Objects.requireNonNull;

import io.github.llamacpp4j.gguf.ByteRangeSource;
import io.github.llamacpp4j.gguf.GgmlType;
import io.github.llamacpp4j.gguf.GgufException;
import io.github.llamacpp4j.gguf.GgufTensor;
import io.github.llamacpp4j.model.ModelLoadException.Reason;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.BinaryOperator;

/**
 * Directions that are added to what a model's layers compute, to steer its tone or subject; put to use by
 * {@link Context#setControlVector(ControlVector)}. Layers count from 0, and the first has no direction. A layer that is
 * not named is left as it is.
 *
 * <p>Immutable and thread-safe; nothing native, nothing to close. Several vectors are mixed by {@link #scaled(float)} and
 * {@link #plus(ControlVector)}.
 */
public final class ControlVector {

    /** The highest layer that can have a direction. */
    public static final int MAX_LAYER = 4095;

    /** The most numbers in a direction. */
    public static final int MAX_EMBEDDING_SIZE = 1 << 20;

    private static final String TENSOR_PREFIX = "direction.";
    private static final int LAYER_DIGITS = 4;

    private final int embeddingSize;
    private final NavigableMap<Integer, float[]> directions;

    /** Takes the arrays over. */
    private ControlVector(int embeddingSize, NavigableMap<Integer, float[]> directions) {
        this.embeddingSize = embeddingSize;
        this.directions = directions;
    }

    /**
     * A vector of given directions.
     *
     * @param directions the layers, from 1 to {@link #MAX_LAYER}, and their directions, all of one size; copied
     * @throws IllegalArgumentException if there are none, a layer is out of range, or a direction has another size than
     *     the first, or a number that is not finite
     */
    public static ControlVector of(Map<Integer, float[]> directions) {
        NavigableMap<Integer, float[]> copy = new TreeMap<>();
        directions.forEach((layer, direction) -> copy.put(layer, direction.clone()));
        if (copy.isEmpty()) {
            throw new IllegalArgumentException("a control vector has a direction for at least one layer, found none");
        }
        int size = copy.firstEntry().getValue().length;
        if (size < 1 || size > MAX_EMBEDDING_SIZE) {
            throw new IllegalArgumentException(
                    "a direction has 1 to " + MAX_EMBEDDING_SIZE + " numbers, found " + size);
        }
        copy.forEach((layer, direction) -> requireSound(layer, direction, size));
        return new ControlVector(size, copy);
    }

    private static void requireSound(int layer, float[] direction, int size) {
        if (layer < 1 || layer > MAX_LAYER) {
            throw new IllegalArgumentException(
                    "directions belong to the layers 1 to " + MAX_LAYER + ", found layer " + layer);
        }
        if (direction.length != size) {
            throw new IllegalArgumentException("all directions have the same size, found " + size
                    + " numbers and, for layer " + layer + ", " + direction.length);
        }
        for (float value : direction) {
            if (!Float.isFinite(value)) {
                throw new IllegalArgumentException(
                        "the direction of layer " + layer + " contains " + value + ", expected finite numbers");
            }
        }
    }

    /**
     * Reads a vector as llama.cpp's {@code llama-cvector-generator} writes it: a GGUF file with a tensor
     * {@code direction.N} of F32 numbers for each layer N.
     *
     * @throws ModelLoadException if the file cannot be read or is none such
     */
    public static ControlVector read(Path file) {
        List<GgufTensor> tensors =
                ModelFile.header(requireNonNull(file, "file")).tensors();
        if (tensors.isEmpty()) {
            throw damaged(file, "it holds no tensor, expected direction.1 and so on: this is no control vector");
        }
        Map<Integer, float[]> directions = new TreeMap<>();
        try (ByteRangeSource source = ByteRangeSource.ofFile(file)) {
            for (GgufTensor tensor : tensors) {
                directions.put(layer(file, tensor), numbers(file, tensor, source));
            }
            return of(directions);
        } catch (GgufException | IllegalArgumentException unsound) {
            throw new ModelLoadException(
                    file, Reason.DAMAGED, String.valueOf(unsound.getMessage()), List.of(), unsound);
        }
    }

    private static int layer(Path file, GgufTensor tensor) {
        String name = tensor.name();
        String digits = name.startsWith(TENSOR_PREFIX) ? name.substring(TENSOR_PREFIX.length()) : "";
        boolean number = !digits.isEmpty()
                && digits.length() <= LAYER_DIGITS
                && digits.chars().allMatch(digit -> digit >= '0' && digit <= '9');
        if (!number) {
            throw damaged(file, "expected tensors direction.1 to direction." + MAX_LAYER + ", found " + name);
        }
        return Integer.parseInt(digits);
    }

    private static float[] numbers(Path file, GgufTensor tensor, ByteRangeSource source) {
        if (tensor.type() != GgmlType.F32
                || tensor.dimensions().size() != 1
                || tensor.elements() > MAX_EMBEDDING_SIZE) {
            throw damaged(
                    file,
                    "expected one dimension of at most " + MAX_EMBEDDING_SIZE + " F32 numbers in " + tensor.name()
                            + ", found " + tensor.dimensions() + " of " + tensor.type());
        }
        FloatBuffer data = tensor.read(source).asFloatBuffer();
        float[] numbers = new float[data.remaining()];
        data.get(numbers);
        return numbers;
    }

    private static ModelLoadException damaged(Path file, String message) {
        return new ModelLoadException(file, Reason.DAMAGED, message);
    }

    /** How many numbers each direction has; that of the models which it fits ({@link ModelInfo#embeddingSize()}). */
    public int embeddingSize() {
        return embeddingSize;
    }

    /** The layers that have a direction, in ascending order. */
    public SortedSet<Integer> layers() {
        return Collections.unmodifiableSortedSet(directions.navigableKeySet());
    }

    /**
     * This vector, stronger or weaker.
     *
     * @param strength the factor, finite; negative steers the other way
     * @throws IllegalArgumentException if the factor or a product is not finite
     */
    public ControlVector scaled(float strength) {
        NavigableMap<Integer, float[]> scaled = new TreeMap<>();
        directions.forEach((layer, direction) -> {
            float[] product = direction.clone();
            for (int i = 0; i < product.length; i++) {
                product[i] *= strength;
            }
            scaled.put(layer, product);
        });
        return of(scaled);
    }

    /**
     * The sum of two vectors, layer by layer.
     *
     * @throws IllegalArgumentException if they differ in size, or a sum is not finite
     */
    public ControlVector plus(ControlVector other) {
        BinaryOperator<float[]> sum = (left, right) -> {
            float[] added = left.clone();
            for (int i = 0; i < added.length; i++) {
                added[i] += right[i];
            }
            return added;
        };
        if (other.embeddingSize != embeddingSize) {
            throw new IllegalArgumentException(
                    "control vectors for different models cannot be added: their directions have " + embeddingSize
                            + " and " + other.embeddingSize + " numbers");
        }
        NavigableMap<Integer, float[]> both = new TreeMap<>(directions);
        other.directions.forEach((layer, direction) -> both.merge(layer, direction, sum));
        return of(both);
    }

    /** The directions of the layers 1 to {@code lastLayer} one behind the other, zeros where there is none. */
    float[] toArray(int lastLayer) {
        float[] array = new float[Math.multiplyExact(lastLayer, embeddingSize)];
        directions.forEach((layer, direction) ->
                System.arraycopy(direction, 0, array, (layer - 1) * embeddingSize, embeddingSize));
        return array;
    }
}
