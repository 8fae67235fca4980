package io.github.llamacpp4j.ffi;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llamacpp4j.ffi.CompilerLayouts.Field;
import io.github.llamacpp4j.ffi.CompilerLayouts.Struct;
import io.github.llamacpp4j.ffi.generated.NativeLayouts;
import java.lang.foreign.Arena;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;
import java.lang.foreign.UnionLayout;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StructLayoutTest {
    private static final CompilerLayouts COMPILER = CompilerLayouts.checkedIn();

    static List<StructLayout> layouts() {
        return NativeLayouts.ALL;
    }

    @Test
    void theCompilersTableAndTheBindingsHaveTheSameStructs() {
        assertThat(NativeLayouts.ALL.stream().map(StructLayoutTest::name))
                .containsExactlyElementsOf(COMPILER.structs().keySet());
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void sizeAndAlignmentAreTheCompilers(StructLayout layout) throws ReflectiveOperationException {
        Struct compiled = compiled(layout);

        assertThat(layout.byteSize()).isEqualTo(compiled.size());
        assertThat(layout.byteAlignment()).isEqualTo(compiled.alignment());
        assertThat(accessors(layout).getField("SIZE").getLong(null)).isEqualTo(compiled.size());
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void everyFieldIsWhereTheCompilerPutsIt(StructLayout layout) {
        Struct compiled = compiled(layout);

        assertThat(fieldNames(layout))
                .containsExactlyElementsOf(
                        compiled.fields().stream().map(Field::name).toList());
        for (Field field : compiled.fields()) {
            MemoryLayout.PathElement[] path = path(layout, field.name());
            assertThat(layout.byteOffset(path)).as(field.name()).isEqualTo(field.offset());
            assertThat(layout.select(path).byteSize()).as(field.name()).isEqualTo(field.size());
        }
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void accessorsTouchExactlyTheBytesOfTheirField(StructLayout layout) throws ReflectiveOperationException {
        for (Field field : compiled(layout).fields()) {
            Class<?> accessors = accessors(layout);
            Method get = accessors.getMethod(field.name(), MemorySegment.class);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment struct = arena.allocate(layout);
                if (get.getReturnType() == MemorySegment.class && !isPointer(layout, field)) {
                    ((MemorySegment) get.invoke(null, struct)).fill((byte) 0xFF);
                } else {
                    Method set = accessors.getMethod(field.name(), MemorySegment.class, get.getReturnType());
                    Object value = allBitsSet(get.getReturnType());
                    set.invoke(null, struct, value);
                    assertThat(get.invoke(null, struct)).as(field.name()).isEqualTo(value);
                }
                assertThat(writtenBytes(struct)).as(field.name()).isEqualTo(bytesOf(field));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void anArrayIsZeroedAndItsElementsAreOneSizeApart(StructLayout layout) throws ReflectiveOperationException {
        Class<?> accessors = accessors(layout);
        try (Arena arena = Arena.ofConfined()) {
            SegmentAllocator dirty =
                    (size, alignment) -> arena.allocate(size, alignment).fill((byte) 0x55);
            MemorySegment array = (MemorySegment) accessors
                    .getMethod("allocateArray", SegmentAllocator.class, long.class)
                    .invoke(null, dirty, 3L);
            assertThat(writtenBytes(array)).isEmpty();
            assertThat(array.byteSize()).isEqualTo(3 * layout.byteSize());

            MemorySegment last = (MemorySegment) accessors
                    .getMethod("elementAt", MemorySegment.class, long.class)
                    .invoke(null, array, 2L);
            assertThat(last.address() - array.address()).isEqualTo(2 * layout.byteSize());
            assertThat(last.byteSize()).isEqualTo(layout.byteSize());

            MemorySegment one = (MemorySegment)
                    accessors.getMethod("allocate", SegmentAllocator.class).invoke(null, dirty);
            assertThat(writtenBytes(one)).isEmpty();
        }
    }

    private static Struct compiled(StructLayout layout) {
        return COMPILER.struct(name(layout));
    }

    private static String name(MemoryLayout layout) {
        return layout.name().orElseThrow();
    }

    private static Class<?> accessors(StructLayout layout) throws ClassNotFoundException {
        return Class.forName("io.github.llamacpp4j.ffi.generated." + name(layout));
    }

    private static List<String> fieldNames(GroupLayout layout) {
        return layout.memberLayouts().stream()
                .filter(member -> !(member instanceof PaddingLayout))
                .flatMap(member ->
                        member instanceof UnionLayout union ? fieldNames(union).stream() : Stream.of(name(member)))
                .toList();
    }

    /** The path to a field, which may be a member of the struct's anonymous union. */
    private static MemoryLayout.PathElement[] path(StructLayout layout, String field) {
        List<MemoryLayout> members = layout.memberLayouts();
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i) instanceof UnionLayout union && fieldNames(union).contains(field)) {
                return new MemoryLayout.PathElement[] {groupElement(i), groupElement(field)};
            }
        }
        return new MemoryLayout.PathElement[] {groupElement(field)};
    }

    private static boolean isPointer(StructLayout layout, Field field) {
        return layout.select(path(layout, field.name())) instanceof ValueLayout;
    }

    private static Object allBitsSet(Class<?> type) {
        return switch (type.getName()) {
            case "boolean" -> true;
            case "byte" -> (byte) -1;
            case "short" -> (short) -1;
            case "int" -> -1;
            case "long" -> -1L;
            case "float" -> -1.9999999f; // 0xBFFFFFFF
            case "double" -> Double.longBitsToDouble(0xBFFFFFFFFFFFFFFFL);
            default -> MemorySegment.ofAddress(-1L);
        };
    }

    private static List<Integer> writtenBytes(MemorySegment struct) {
        return IntStream.range(0, (int) struct.byteSize())
                .filter(i -> struct.get(ValueLayout.JAVA_BYTE, i) != 0)
                .boxed()
                .toList();
    }

    private static List<Integer> bytesOf(Field field) {
        return IntStream.range((int) field.offset(), (int) (field.offset() + field.size()))
                .boxed()
                .toList();
    }
}
