package io.github.llamacpp4j.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Files made to hurt: each must end in a {@link GgufException}, soon and with little memory. */
class HostileFileTest {

    private static final long MEMORY_BYTES = 64L << 20;

    @Test
    void flippedBytesGiveAResultOrATypedException() {
        byte[] sound = Samples.everyKindOfValue().toBytes();
        Random random = new Random(42);
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = sound.clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            refused += refuses(bytes) ? 1 : 0;
        }
        assertThat(refused).isBetween(5_000, 19_999);
    }

    @Test
    void hostileNumbersAtEveryPlaceGiveAResultOrATypedException() {
        byte[] sound = Samples.everyKindOfValue().toBytes();
        long[] numbers = {-1, Long.MAX_VALUE, Long.MIN_VALUE, 0x7FFF_FFFFL, 0xFFFF_FFFFL, 1L << 40, 0};
        int headerBytes = (int) Samples.read(sound).headerBytes();
        long before = allocatedBytes();
        for (int at = 8; at < headerBytes - 8; at++) {
            for (long number : numbers) {
                byte[] bytes = sound.clone();
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(at, number);
                refuses(bytes);
            }
        }
        long runs = (headerBytes - 16L) * numbers.length;
        assertThat((allocatedBytes() - before) / runs).isLessThan(256 << 10);
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] sound = Samples.everyKindOfValue().toBytes();
        int lastByte = (int) Samples.read(sound).tensors().getLast().fileOffset() + 68;
        for (int length = 0; length < lastByte; length++) {
            byte[] bytes = Arrays.copyOf(sound, length);
            assertThatThrownBy(() -> Samples.read(bytes)).isInstanceOf(GgufException.class);
        }
        assertThatCode(() -> Samples.read(Arrays.copyOf(sound, lastByte))).doesNotThrowAnyException();
    }

    @Test
    void anEmptyKeyIsRefused() {
        ByteBuffer file = header(0, 1).putLong(0).putInt(0).put((byte) 0).putInt(0);
        assertRefused(file, "key 0 is empty");
    }

    @Test
    void aKeyThatOccursTwiceIsRefused() {
        ByteBuffer file = header(0, 2);
        for (int i = 0; i < 2; i++) {
            file.putLong(1).put((byte) 'k').putInt(0).put((byte) 1);
        }
        assertRefused(file, "key 'k' occurs twice");
    }

    @Test
    void dimensionsThatOverflowAreRefused() {
        ByteBuffer file = header(1, 0)
                .putLong(1)
                .put((byte) 't')
                .putInt(4)
                .putLong(1L << 32)
                .putLong(1L << 32)
                .putLong(1)
                .putLong(1)
                .putInt(0)
                .putLong(0);
        assertRefused(file, "does not fit 2^63 bytes");
    }

    @Test
    void negativeDimensionsAndTooManyAreRefused() {
        assertRefused(header(1, 0).putLong(1).put((byte) 't').putInt(1).putLong(-5), "has a dimension of -5 elements");
        assertRefused(header(1, 0).putLong(1).put((byte) 't').putInt(5), "has 5 dimensions, expected at most 4");
        assertRefused(header(1, 0).putLong(1).put((byte) 't').putInt(-1), "4294967295 dimensions");
    }

    @Test
    void rowsThatAreNoWholeBlocksAreRefused() {
        ByteBuffer file = header(1, 0)
                .putLong(1)
                .put((byte) 't')
                .putInt(1)
                .putLong(33)
                .putInt(GgmlType.Q4_0.id())
                .putLong(0);
        assertRefused(file, "rows of 33 elements, expected a multiple of 32, the block of Q4_0");
    }

    @Test
    void unknownTypesAreRefused() {
        assertRefused(
                header(0, 1).putLong(1).put((byte) 'k').putInt(99), "has type 99, expected a number from 0 to 12");
        assertRefused(
                header(1, 0).putLong(1).put((byte) 't').putInt(0).putInt(31).putLong(0), "type 31, which is unknown");
    }

    @Test
    void overlappingAndMisalignedTensorsAreRefused() {
        byte[] bytes = new GgufWriter()
                .tensorF32("a", new float[16], 16)
                .tensorF32("b", new float[16], 16)
                .toBytes();
        int offsetOfB = (int) Samples.read(bytes).headerBytes() - 8;
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(offsetOfB, 32);
        assertThatThrownBy(() -> Samples.read(bytes)).hasMessageContaining("inside the one before it");
        file.putLong(offsetOfB, 33);
        assertThatThrownBy(() -> Samples.read(bytes)).hasMessageContaining("expected a multiple of 32");
        file.putLong(offsetOfB, 1L << 62);
        assertThatThrownBy(() -> Samples.read(bytes)).hasMessageContaining("ends behind the end of the file");
    }

    @Test
    void offsetsThatWrapAroundAreRefused() {
        for (long offset : new long[] {Long.MAX_VALUE - 31, Long.MIN_VALUE, -32, 1L << 63 >>> 1}) {
            ByteBuffer file = header(1, 0)
                    .putLong(1)
                    .put((byte) 't')
                    .putInt(1)
                    .putLong(8)
                    .putInt(GgmlType.F32.id())
                    .putLong(offset);
            assertThatThrownBy(() -> Samples.read(bytes(file)))
                    .as("offset " + offset)
                    .isInstanceOf(GgufException.class);
        }
    }

    @Test
    void aTensorNameThatOccursTwiceIsRefused() {
        ByteBuffer file = header(2, 0);
        for (int i = 0; i < 2; i++) {
            file.putLong(1)
                    .put((byte) 't')
                    .putInt(1)
                    .putLong(8)
                    .putInt(GgmlType.F32.id())
                    .putLong(32L * i);
        }
        assertThatThrownBy(() -> Samples.read(bytes(file)))
                .isInstanceOf(GgufException.class)
                .hasMessageContaining("twice");
    }

    @Test
    void countsOfEverySizeAreRefusedBeforeAnythingIsReserved() {
        long before = allocatedBytes();
        for (long count : new long[] {Long.MAX_VALUE, Long.MIN_VALUE, -1, Integer.MAX_VALUE, 1L << 32, 1L << 61}) {
            for (ByteBuffer file : List.of(header(count, 0), header(0, count))) {
                assertThatThrownBy(() -> Samples.read(bytes(file)))
                        .as("count " + count)
                        .isInstanceOf(GgufException.class);
            }
        }
        assertThat(allocatedBytes() - before).isLessThan(MEMORY_BYTES);
    }

    @Test
    void lengthsOfStringsAndArraysThatNoFileHoldsAreRefusedBeforeAnythingIsReserved() {
        long before = allocatedBytes();
        for (long length : new long[] {Long.MAX_VALUE, Long.MIN_VALUE, -1, Integer.MAX_VALUE, 1L << 32, 5000}) {
            List<ByteBuffer> files = List.of(
                    header(0, 1).putLong(length),
                    header(1, 0).putLong(length),
                    header(0, 1).putLong(1).put((byte) 'k').putInt(8).putLong(length),
                    header(0, 1).putLong(1).put((byte) 'k').putInt(9).putInt(0).putLong(length),
                    header(0, 1).putLong(1).put((byte) 'k').putInt(9).putInt(12).putLong(length),
                    header(0, 1).putLong(1).put((byte) 'k').putInt(9).putInt(8).putLong(length),
                    header(0, 1)
                            .putLong(1)
                            .put((byte) 'k')
                            .putInt(9)
                            .putInt(8)
                            .putLong(1)
                            .putLong(length));
            for (ByteBuffer file : files) {
                assertThatThrownBy(() -> Samples.read(bytes(file)))
                        .as("length " + length)
                        .isInstanceOf(GgufException.class);
            }
        }
        assertThat(allocatedBytes() - before).isLessThan(MEMORY_BYTES);
    }

    @Test
    void badAlignmentsAreRefused() {
        for (int alignment : new int[] {0, 3, -1}) {
            ByteBuffer file = header(0, 1).putLong(17);
            file.put("general.alignment".getBytes(StandardCharsets.US_ASCII))
                    .putInt(4)
                    .putInt(alignment);
            assertRefused(file, "general.alignment must be a uint32 and a power of 2");
        }
    }

    @Test
    void deeplyNestedArraysAreRefusedBeforeTheStackIsUsedUp() {
        ByteBuffer file = header(0, 1).putLong(1).put((byte) 'k').putInt(9);
        while (file.remaining() > 64) {
            file.putInt(9).putLong(1);
        }
        assertRefused(file, "nested deeper than 4");
    }

    @Test
    void manySmallNestedArraysAreRefused() {
        ByteBuffer file = header(0, 1, 2 << 20).putLong(1).put((byte) 'k').putInt(9);
        file.putInt(9).putLong(100_000);
        while (file.remaining() > 64) {
            file.putInt(0).putLong(0);
        }
        assertRefused(file, "more than 65536 arrays inside arrays");
    }

    @Test
    void limitsAreConfigurable() {
        byte[] bytes = Samples.everyKindOfValue().toBytes();
        assertThatThrownBy(() -> read(bytes, GgufLimits.builder().metadataEntries(3)))
                .hasMessageContaining("metadata count is 20, the limit is 3");
        assertThatThrownBy(() -> read(bytes, GgufLimits.builder().tensors(2)))
                .hasMessageContaining("tensor count is 3, the limit is 2");
        assertThatThrownBy(() -> read(bytes, GgufLimits.builder().stringBytes(4)))
                .hasMessageContaining("the limit is 4");
        assertThatThrownBy(() -> read(bytes, GgufLimits.builder().arrayElements(2)))
                .hasMessageContaining("the limit is 2");
        assertThatThrownBy(() -> read(bytes, GgufLimits.builder().headerBytes(100)))
                .hasMessageContaining("the limit for the header is 100");
        assertThatThrownBy(() -> GgufLimits.builder().tensors(0).build()).isInstanceOf(IllegalArgumentException.class);
        assertThat(GgufLimits.defaults().toBuilder().keyBytes(7).build().keyBytes())
                .isEqualTo(7);
    }

    @Test
    void aSourceOfUnknownSizeThatPromisesMuchCostsLittle() {
        ByteBuffer file =
                header(0, 1).putLong(1).put((byte) 'k').putInt(9).putInt(8).putLong(30_000_000);
        byte[] bytes = Arrays.copyOf(bytes(file), file.position());
        ByteRangeSource endless = new ByteRangeSource() {
            @Override
            public String description() {
                return "endless";
            }

            @Override
            public OptionalLong sizeBytes() {
                return OptionalLong.empty();
            }

            @Override
            public ByteBuffer read(long offset, int length) {
                int from = (int) Math.min(offset, bytes.length);
                return ByteBuffer.wrap(bytes, from, bytes.length - from);
            }
        };
        long before = allocatedBytes();

        assertThatThrownBy(() -> GgufFile.read(endless, GgufLimits.defaults())).isInstanceOf(GgufException.class);

        assertThat(allocatedBytes() - before).isLessThan(MEMORY_BYTES);
    }

    @Test
    void stringsThatAreNotUtf8DoNotEndTheReading() {
        ByteBuffer file = header(0, 1).putLong(1).put((byte) 'k').putInt(8).putLong(2);
        file.put((byte) 0xFF).put((byte) 0xFE);
        assertThat(Samples.read(bytes(file)).metadata().string("k")).hasValue("\uFFFD\uFFFD");
    }

    @Test
    void messagesShowNoControlCharacters() {
        ByteBuffer file = header(0, 1)
                .putLong(5)
                .put("a\u001b[2J".getBytes(StandardCharsets.US_ASCII))
                .putInt(77);
        assertThatThrownBy(() -> Samples.read(bytes(file)))
                .message()
                .doesNotContain("\u001b")
                .contains("a?[2J");
    }

    @Test
    void theWriterRefusesWhatWouldNotBeAFile() {
        assertThatThrownBy(() -> new GgufWriter().put("", 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new GgufWriter().tensorF32("t", new float[3], 2))
                .hasMessage("tensor t of type F32 with 2 elements has 8 bytes, not 12");
        assertThatThrownBy(() -> new GgufValue.IntegerValue(GgufType.UINT8, 256))
                .hasMessage("256 is out of range for uint8");
        assertThatThrownBy(() -> new GgufValue.IntegerValue(GgufType.FLOAT32, 1))
                .hasMessage("float32 is not an integer type");
        assertThatThrownBy(() -> GgmlType.Q4_0.bytesFor(31)).hasMessageContaining("whole number of blocks");
    }

    @Test
    void splitNumbersAreChecked() {
        assertThat(List.of(new GgufSplit(0, 1, 0))).hasSize(1);
        assertThatThrownBy(() -> new GgufSplit(1, 1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static boolean refuses(byte[] bytes) {
        try {
            GgufFile file = Samples.read(bytes);
            assertThat(file.metadata().values().values())
                    .allSatisfy(v -> assertThat(v.toString()).isNotNull());
            return false;
        } catch (GgufException e) {
            assertThat(e).hasMessageContaining(":");
            return true;
        }
    }

    private static void assertRefused(ByteBuffer file, String reason) {
        assertThatThrownBy(() -> Samples.read(bytes(file)))
                .isInstanceOf(GgufException.class)
                .hasMessageContaining(reason);
    }

    private static byte[] bytes(ByteBuffer file) {
        byte[] bytes = new byte[file.capacity()];
        file.get(0, bytes);
        return bytes;
    }

    private static GgufFile read(byte[] bytes, GgufLimits.Builder limits) {
        return GgufFile.read(ByteRangeSource.ofBytes("sample", bytes), limits.build());
    }

    private static ByteBuffer header(long tensors, long entries) {
        return header(tensors, entries, 4096);
    }

    private static ByteBuffer header(long tensors, long entries, int size) {
        return ByteBuffer.allocate(size)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("GGUF".getBytes(StandardCharsets.US_ASCII))
                .putInt(3)
                .putLong(tensors)
                .putLong(entries);
    }

    private static long allocatedBytes() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
