package io.github.llamacpp4j.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufFileTest {

    @TempDir
    Path folder;

    @Test
    void everyKindOfValueSurvivesWritingAndReading() {
        GgufFile file = Samples.read(Samples.everyKindOfValue().toBytes());

        assertThat(file.version()).isEqualTo(3);
        GgufMetadata metadata = file.metadata();
        assertThat(metadata.architecture()).hasValue("llama");
        assertThat(metadata.architectureInteger("block_count")).hasValue(2);
        assertThat(metadata.integer("u8")).hasValue(255);
        assertThat(metadata.integer("i8")).hasValue(-128);
        assertThat(metadata.integer("u16")).hasValue(65535);
        assertThat(metadata.integer("i16")).hasValue(-32768);
        assertThat(metadata.integer("u32")).hasValue(4294967295L);
        assertThat(metadata.integer("i32")).hasValue(-2147483648);
        assertThat(metadata.integer("i64")).hasValue(Long.MIN_VALUE);
        assertThat(metadata.value("u64").orElseThrow()).hasToString("18446744073709551615");
        assertThat(metadata.number("f32")).hasValue(1.5);
        assertThat(metadata.number("f64")).hasValue(Math.PI);
        assertThat(metadata.bool("yes")).hasValue(true);
        assertThat(metadata.string("text")).hasValue("zwölf Boxkämpfer 🐱");
        assertThat(metadata.string("nothing")).hasValue("");
        assertThat(metadata.strings("texts")).containsExactly("a", "", "ß", "🐱");
        GgufArray ints = metadata.array("ints").orElseThrow();
        assertThat(IntStream.range(0, ints.size()).mapToLong(ints::integer)).containsExactly(1L, -2L, 3L);
        assertThat(metadata.array("floats").orElseThrow().number(1)).isEqualTo(-0.25);
        assertThat(metadata.array("truths").orElseThrow().bool(1)).isFalse();
        assertThat(metadata.array("nested").orElseThrow().get(1)).isEqualTo(GgufArray.ofStrings(List.of("x")));
        assertThat(metadata.values().keySet()).startsWith("general.architecture", "llama.block_count", "u8");
    }

    @Test
    void theTensorTableSaysWhereDataLies() {
        byte[] bytes = Samples.everyKindOfValue().toBytes();
        GgufFile file = Samples.read(bytes);

        assertThat(file.tensors()).extracting(GgufTensor::name).containsExactly("a.weight", "b.weight", "c.weight");
        assertThat(file.tensors()).extracting(GgufTensor::offset).containsExactly(0L, 32L, 64L);
        assertThat(file.tensors()).extracting(GgufTensor::sizeBytes).containsExactly(24L, 4L, 68L);
        assertThat(file.tensor("c.weight").orElseThrow().dimensions()).containsExactly(32L, 2L);
        assertThat(file.dataOffset() % file.alignmentBytes()).isZero();
        assertThat(file.parameterCount()).isEqualTo(6 + 2 + 64);
        assertThat(file.tensorBytes()).isEqualTo(24 + 4 + 68);

        ByteRangeSource source = ByteRangeSource.ofBytes("sample", bytes);
        float[] elements = new float[6];
        file.tensors().getFirst().read(source).asFloatBuffer().get(elements);
        assertThat(elements).containsExactly(1, 2, 3, 4, 5, 6);
        ByteBuffer halves = file.tensors().get(1).read(source);
        assertThat(Float.float16ToFloat(halves.getShort(2))).isEqualTo(-2);
    }

    @Test
    void aMappedFileGivesTheSameAsItsBytes() {
        Path path = Samples.everyKindOfValue().writeTo(folder.resolve("größe.gguf"));

        GgufFile file = GgufFile.read(path);

        assertThat(file.metadata())
                .isEqualTo(Samples.read(Samples.everyKindOfValue().toBytes()).metadata());
        ByteRangeSource source = ByteRangeSource.ofFile(path);
        assertThat(file.tensors().getFirst().read(source).getFloat(20)).isEqualTo(6f);
        source.close();
        source.close();
        assertThatThrownBy(() -> source.read(0, 1).get()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void version2IsReadLikeVersion3() {
        byte[] bytes = Samples.everyKindOfValue().toBytes();
        bytes[4] = 2;

        assertThat(Samples.read(bytes).version()).isEqualTo(2);
    }

    @Test
    void alignmentIsTakenFromTheMetadata() {
        byte[] bytes = new GgufWriter()
                .put("general.alignment", 256)
                .tensorF32("a", new float[1], 1)
                .tensorF32("b", new float[1], 1)
                .toBytes();

        GgufFile file = Samples.read(bytes);

        assertThat(file.alignmentBytes()).isEqualTo(256);
        assertThat(file.tensors().get(1).offset()).isEqualTo(256);
    }

    @Test
    void aSplitFileNamesItsSiblings() {
        GgufFile file = Samples.read(new GgufWriter()
                .put("split.no", new GgufValue.IntegerValue(GgufType.UINT16, 1))
                .put("split.count", new GgufValue.IntegerValue(GgufType.UINT16, 3))
                .put("split.tensors.count", new GgufValue.IntegerValue(GgufType.INT32, 7))
                .toBytes());

        assertThat(file.split()).hasValue(new GgufSplit(1, 3, 7));
        assertThat(GgufSplit.paths(Path.of("models", "big-00002-of-00003.gguf")))
                .containsExactly(
                        Path.of("models", "big-00001-of-00003.gguf"),
                        Path.of("models", "big-00002-of-00003.gguf"),
                        Path.of("models", "big-00003-of-00003.gguf"));
        assertThat(GgufSplit.names("small.gguf")).containsExactly("small.gguf");
    }

    @Test
    void contradictingSplitNumbersAreRefused() {
        GgufFile file = Samples.read(
                new GgufWriter().put("split.no", 9).put("split.count", 3).toBytes());

        assertThatThrownBy(file::split)
                .isInstanceOf(GgufException.class)
                .hasMessage("split.no 9 and split.count 3 contradict each other");
    }

    @Test
    void askingForTheWrongTypeSaysWhatWasFound() {
        GgufMetadata metadata =
                Samples.read(Samples.everyKindOfValue().toBytes()).metadata();

        assertThatThrownBy(() -> metadata.string("u8"))
                .isInstanceOf(GgufException.class)
                .hasMessage("metadata key u8: expected a string, found uint8 255");
        assertThatThrownBy(() -> metadata.integer("texts"))
                .hasMessage("metadata key texts: expected a whole number below 2^63, found string[4]");
        assertThatThrownBy(() -> metadata.integer("u64")).isInstanceOf(GgufException.class);
        assertThatThrownBy(() -> metadata.strings("ints"))
                .hasMessage("expected an array of strings, found an array of int32");
        assertThat(metadata.string("absent")).isEmpty();
    }

    @Test
    void aRemoteHeaderNeedsFewRequests() {
        GgufWriter writer = new GgufWriter();
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < 250_000; i++) {
            tokens.add("token" + i);
        }
        byte[] bytes = writer.put("tokenizer.ggml.tokens", tokens).toBytes();
        List<Integer> requests = new ArrayList<>();
        ByteRangeSource remote = new ByteRangeSource() {
            @Override
            public String description() {
                return "remote";
            }

            @Override
            public OptionalLong sizeBytes() {
                return OptionalLong.empty();
            }

            @Override
            public ByteBuffer read(long offset, int length) {
                requests.add(length);
                return ByteBuffer.wrap(bytes, (int) offset, (int) Math.min(length, bytes.length - offset));
            }
        };

        GgufFile file = GgufFile.read(remote, GgufLimits.defaults());

        assertThat(file.metadata().strings("tokenizer.ggml.tokens")).isEqualTo(tokens);
        assertThat(requests).hasSizeLessThan(8);
    }

    @Test
    void anAbsentFileIsNamed() {
        assertThatThrownBy(() -> GgufFile.read(folder.resolve("absent.gguf")))
                .isInstanceOf(GgufException.class)
                .hasMessageContaining("absent.gguf")
                .hasMessageContaining("NoSuchFile");
        assertThatThrownBy(() -> GgufFile.read(folder)).isInstanceOf(GgufException.class);
    }

    @Test
    void whatIsNotGgufIsDescribed() throws Exception {
        assertThatThrownBy(() -> Samples.read(text("<!DOCTYPE html><html>")))
                .hasMessage("sample: at byte 0: not a GGUF file: expected the letters GGUF, found '<!DO' (a web page: "
                        + "check the address it came from)");
        assertThatThrownBy(() -> Samples.read(text("version https://git-lfs.github.com/spec/v1")))
                .hasMessageContaining("Git LFS");
        assertThatThrownBy(() -> Samples.read(text("PK\3\4abcdefghijklmnopqrstuvw")))
                .hasMessageContaining("zip");
        assertThatThrownBy(() -> Samples.read(new byte[0])).hasMessageContaining("truncated");
        Path empty = Files.createFile(folder.resolve("empty.gguf"));
        assertThatThrownBy(() -> GgufFile.read(empty)).hasMessageContaining("the file ends after 0");
    }

    @Test
    void otherVersionsAndByteOrdersAreRefusedWithARemedy() {
        ByteBuffer header = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        header.put(text("GGUF")).putInt(0x0300_0000);
        assertThatThrownBy(() -> Samples.read(header.array()))
                .hasMessageContaining("big-endian")
                .hasMessageContaining("gguf_convert_endian.py");

        header.putInt(4, 1);
        assertThatThrownBy(() -> Samples.read(header.array())).hasMessageContaining("GGUF version 1 is not supported");
        header.putInt(4, 4);
        assertThatThrownBy(() -> Samples.read(header.array())).hasMessageContaining("GGUF version 4 is not supported");
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
