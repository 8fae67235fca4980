"""Maps C types, as spelled in the headers, to Java carriers and memory layouts."""

import re
from dataclasses import dataclass

KEYWORDS = {"abstract", "boolean", "byte", "case", "class", "default", "final", "import", "new", "native", "package"}


@dataclass(frozen=True)
class JavaType:
    carrier: str  # the Java type of a value
    layout: str  # the expression of its layout
    size: int
    align: int


SCALARS = {
    "bool": JavaType("boolean", "JAVA_BOOLEAN", 1, 1),
    "char": JavaType("byte", "JAVA_BYTE", 1, 1),
    "int8_t": JavaType("byte", "JAVA_BYTE", 1, 1),
    "uint8_t": JavaType("byte", "JAVA_BYTE", 1, 1),
    "int16_t": JavaType("short", "JAVA_SHORT", 2, 2),
    "uint16_t": JavaType("short", "JAVA_SHORT", 2, 2),
    "int": JavaType("int", "JAVA_INT", 4, 4),
    "unsigned int": JavaType("int", "JAVA_INT", 4, 4),
    "int32_t": JavaType("int", "JAVA_INT", 4, 4),
    "uint32_t": JavaType("int", "JAVA_INT", 4, 4),
    "int64_t": JavaType("long", "JAVA_LONG", 8, 8),
    "uint64_t": JavaType("long", "JAVA_LONG", 8, 8),
    "size_t": JavaType("long", "JAVA_LONG", 8, 8),
    "float": JavaType("float", "JAVA_FLOAT", 4, 4),
    "double": JavaType("double", "JAVA_DOUBLE", 8, 8),
}
OPAQUE = JavaType("MemorySegment", "ADDRESS", 8, 8)
POINTER = JavaType("MemorySegment", "POINTER", 8, 8)


class TypeMapper:
    """`long` is deliberately unknown: it is 4 bytes on Windows, so a header that used it would need a decision."""

    def __init__(self, headers, structs):
        self._headers = headers
        self._structs = structs

    def argument(self, c_type):
        """A parameter of a function called from Java: pointers need no target."""
        java = self.value(c_type)
        return OPAQUE if java is POINTER else java

    def value(self, c_type):
        """A value that Java reads: pointers to complete types come with an unbounded target, others with none."""
        c_type = self._resolve(c_type)
        if c_type in SCALARS:
            return SCALARS[c_type]
        if c_type.startswith("enum "):
            return SCALARS["int"]
        if "(*)" in c_type:
            return OPAQUE
        if c_type.endswith("*"):
            return POINTER if self._complete(c_type[:-1]) else OPAQUE
        if array := re.fullmatch(r"(.+)\[(\d+)]", c_type):
            element, count = self.value(array[1]), int(array[2])
            layout = f"MemoryLayout.sequenceLayout({count}, {element.layout})"
            return JavaType("MemorySegment", layout, element.size * count, element.align)
        name = c_type.removeprefix("struct ")
        if name in self._structs:
            record = self._headers.records[name]
            return JavaType("MemorySegment", f"{name}.LAYOUT", record.size, record.align)
        raise ValueError(f"no Java type for C type '{c_type}': add the struct to bindings.toml or exclude what uses it")

    def is_struct(self, c_type):
        return self._resolve(c_type).removeprefix("struct ") in self._structs and not c_type.endswith("*")

    def _complete(self, pointee):
        pointee = self._resolve(pointee)
        return (
            pointee in SCALARS
            or pointee.startswith("enum ")
            or pointee.endswith("*")
            or pointee.removeprefix("struct ") in self._structs
        )

    def _resolve(self, c_type):
        c_type = re.sub(r"\b(const|restrict)\b", "", c_type)
        c_type = re.sub(r"\s+", " ", c_type).strip()
        while c_type not in SCALARS and c_type in self._headers.typedefs:
            c_type = re.sub(r"\bconst\b", "", self._headers.typedefs[c_type]).replace("_Bool", "bool").strip()
        return c_type


def identifier(name):
    return name + "_" if name in KEYWORDS else name
