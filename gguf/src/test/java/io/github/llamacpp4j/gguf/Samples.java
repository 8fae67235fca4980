package io.github.llamacpp4j.gguf;

import java.util.List;

/** Small files for tests. */
final class Samples {

    private Samples() {}

    static GgufWriter everyKindOfValue() {
        return new GgufWriter()
                .put("general.architecture", "llama")
                .put("llama.block_count", 2)
                .put("u8", new GgufValue.IntegerValue(GgufType.UINT8, 255))
                .put("i8", new GgufValue.IntegerValue(GgufType.INT8, -128))
                .put("u16", new GgufValue.IntegerValue(GgufType.UINT16, 65535))
                .put("i16", new GgufValue.IntegerValue(GgufType.INT16, -32768))
                .put("u32", new GgufValue.IntegerValue(GgufType.UINT32, 4294967295L))
                .put("i32", new GgufValue.IntegerValue(GgufType.INT32, -2147483648))
                .put("u64", new GgufValue.IntegerValue(GgufType.UINT64, -1))
                .put("i64", new GgufValue.IntegerValue(GgufType.INT64, Long.MIN_VALUE))
                .put("f32", 1.5f)
                .put("f64", new GgufValue.FloatValue(GgufType.FLOAT64, Math.PI))
                .put("yes", true)
                .put("text", "zwölf Boxkämpfer 🐱")
                .put("nothing", "")
                .put("texts", List.of("a", "", "ß", "🐱"))
                .put("ints", GgufArray.ofInts(1, -2, 3))
                .put("floats", GgufArray.ofFloats(0.5f, -0.25f))
                .put("truths", GgufArray.ofBooleans(true, false, true))
                .put("nested", GgufArray.ofArrays(List.of(GgufArray.ofInts(1), GgufArray.ofStrings(List.of("x")))))
                .tensorF32("a.weight", new float[] {1, 2, 3, 4, 5, 6}, 3, 2)
                .tensorF16("b.weight", new float[] {0.5f, -2}, 2)
                .tensor("c.weight", GgmlType.Q8_0, new byte[68], 32, 2);
    }

    static GgufFile read(byte[] bytes) {
        return GgufFile.read(ByteRangeSource.ofBytes("sample", bytes), GgufLimits.defaults());
    }
}
