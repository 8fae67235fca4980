"""Reads C headers through clang: functions, enums, typedefs and record layouts, with their C spelling kept."""

import json
import os
import re
import subprocess
from dataclasses import dataclass


@dataclass(frozen=True)
class Parameter:
    name: str
    type: str


@dataclass(frozen=True)
class Function:
    name: str
    header: str
    result: str
    parameters: tuple[Parameter, ...]
    deprecated: bool
    variadic: bool

    def declaration(self):
        parameters = ", ".join(f"{p.type} {p.name}".strip() for p in self.parameters)
        return f"{self.result} {self.name}({parameters or 'void'})"


@dataclass(frozen=True)
class Field:
    """A member of a record. The members of an anonymous union appear with `union` set to the union's offset."""

    name: str
    type: str
    offset: int
    union: int | None = None


@dataclass(frozen=True)
class Record:
    name: str
    header: str
    size: int
    align: int
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Enum:
    name: str
    header: str
    constants: tuple[tuple[str, int], ...]


class Headers:
    """Everything that clang knows about a translation unit which includes the given headers."""

    def __init__(self, root, include, headers):
        self._flags = [flag for folder in include for flag in ("-I", str(root / folder))]
        self._source = "".join(f'#include "{header}"\n' for header in headers)
        self.functions, self.enums, self.typedefs, self._fields = {}, {}, {}, {}
        self._file = ""
        tree = json.loads(self._clang("-fsyntax-only", "-Xclang", "-ast-dump=json"))
        for node in tree["inner"]:
            self._declaration(node)
        self.records = self._layouts()
        self.macros = self._macros()

    def _clang(self, *arguments):
        command = [os.environ.get("CLANG", "clang"), "-x", "c", *self._flags, *arguments, "-"]
        return subprocess.run(command, input=self._source, capture_output=True, text=True, check=True).stdout

    def _declaration(self, node):
        self._follow(node.get("loc", {}))
        header = self._file.rsplit("/", 1)[-1]
        self._follow(node.get("range", {}))
        name, kind = node.get("name"), node["kind"]
        if kind == "FunctionDecl":
            self.functions[name] = self._function(node, header)
        elif kind == "EnumDecl" and name:
            self.enums[name] = Enum(name, header, tuple(_enum_constants(node)))
        elif kind == "TypedefDecl":
            self.typedefs[name] = node["type"]["qualType"]
        elif kind == "RecordDecl" and node.get("completeDefinition") and name:
            self._fields[name] = (header, tuple(_members(node)))
        self._follow(node.get("inner", []))

    def _follow(self, node):
        """Clang names a file only where it differs from the last location printed, so every location is visited."""
        if isinstance(node, list):
            for child in node:
                self._follow(child)
        elif isinstance(node, dict):
            for key, child in node.items():
                if key == "file":
                    self._file = child
                elif key != "includedFrom":
                    self._follow(child)

    def _function(self, node, header):
        inner = node.get("inner", [])
        parameters = tuple(
            Parameter(child.get("name", f"arg{index}"), _bool(child["type"]["qualType"]))
            for index, child in enumerate(c for c in inner if c["kind"] == "ParmVarDecl")
        )
        result = _bool(node["type"]["qualType"].split("(", 1)[0].strip())
        deprecated = any(child["kind"] == "DeprecatedAttr" for child in inner)
        return Function(node["name"], header, result, parameters, deprecated, node.get("variadic", False))

    def _layouts(self):
        dump = self._clang("-fsyntax-only", "-Xclang", "-fdump-record-layouts-complete")
        records = {}
        for block in dump.split("*** Dumping AST Record Layout")[1:]:
            first, *lines = block.strip("\n").splitlines()
            name = first.split("|", 1)[1].strip().removeprefix("struct ")
            if name not in self._fields:
                continue
            end = next(i for i, line in enumerate(lines) if "[sizeof=" in line)
            size, align = map(int, re.search(r"sizeof=(\d+), align=(\d+)", lines[end]).groups())
            header, members = self._fields[name]
            records[name] = Record(name, header, size, align, tuple(_placed(members, lines[:end])))
        return records

    def _macros(self):
        dump = self._clang("-E", "-dM")
        return dict(re.findall(r"^#define (\w+) (.+)$", dump, re.M))

    def macro(self, name):
        """The value of an integer macro, following macros that stand for others."""
        text = self.macros[name].strip()
        return self.macro(text) if text in self.macros else int(text.rstrip("uUlL"), 0)

    def function_type(self, name):
        """A function pointer typedef, or a function declared under that very name, as a Function."""
        if name in self.functions:
            return self.functions[name]
        result, parameters = re.fullmatch(r"(.+?) ?\(\*\)\((.*)\)", self.typedefs[name]).groups()
        types = [] if parameters in ("", "void") else [_bool(p.strip()) for p in parameters.split(",")]
        named = tuple(Parameter(n, t) for n, t in zip(self._parameter_names(name, len(types)), types))
        return Function(name, "", _bool(result.strip()), named, False, False)

    def _parameter_names(self, typedef, count):
        """Clang drops parameter names from function types; the preprocessed text still has them."""
        text = self._clang("-E", "-P")
        spelled = re.search(r"\(\s*\*\s*" + typedef + r"\s*\)\s*\(([^)]*)\)", text).group(1)
        names = []
        for index, parameter in enumerate(spelled.split(",")[:count]):
            match = re.fullmatch(r"\s*\S.*[\s*](\w+)\s*", parameter)
            names.append(match.group(1) if match else f"arg{index}")
        return names


def _bool(type_name):
    return type_name.replace("_Bool", "bool")


def _enum_constants(node):
    value = -1
    for child in node["inner"]:
        if child["kind"] == "EnumConstantDecl":
            explicit = next((e["value"] for e in child.get("inner", []) if e["kind"] == "ConstantExpr"), None)
            value = int(explicit) if explicit is not None else value + 1
            yield child["name"], value


def _members(record):
    """(name, type, in_union) of every named member, in order; anonymous unions are flattened."""
    for child in record["inner"]:
        if child["kind"] == "RecordDecl" and child.get("tagUsed") == "union" and "name" not in child:
            yield from ((f["name"], _bool(f["type"]["qualType"]), True) for f in child["inner"])
        elif child["kind"] == "FieldDecl" and "name" in child:
            yield child["name"], _bool(child["type"]["qualType"]), False


def _placed(members, lines):
    """Joins members with the offsets of a layout dump, in which nesting shows as indentation."""
    rows = []
    for line in lines:
        offset, text = line.split("|", 1)
        rows.append((len(text) - len(text.lstrip()), int(offset), text.split()[-1]))
    for name, type_name, in_union in members:
        depth = 5 if in_union else 3
        offset = next(o for d, o, n in rows if n == name and d == depth)
        yield Field(name, type_name, offset, offset if in_union else None)
