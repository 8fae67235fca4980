#!/usr/bin/env python3
"""Writes the Java bindings of llama.cpp's C headers, and the table of struct layouts that the tests compare them with.

usage: generate.py [--check] LLAMA_CPP_SOURCE_DIR        CLANG and CC name the compilers, default clang and cc

--check writes nothing and fails if the files that are checked in differ from what would be written.
"""

import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from cheaders import Headers
from java_sources import JavaSources
from layout_probe import layout_probe

HERE = Path(__file__).resolve().parent
MODULE = HERE.parent


def main(arguments):
    check = "--check" in arguments
    folders = [argument for argument in arguments if argument != "--check"]
    if len(folders) != 1:
        return __doc__
    source = Path(folders[0])
    if not (source / "include/llama.h").is_file():
        return f"{source} is not a source tree of llama.cpp: it has no include/llama.h"

    config = tomllib.loads((HERE / "bindings.toml").read_text())
    headers = Headers(source, config["upstream"]["include"], ["llama.h", "ggml-rpc.h"])
    package = Path(config["upstream"]["package"].replace(".", "/"))
    probe = layout_probe(headers, config)
    folders = {
        MODULE / "src/main/java" / package: JavaSources(headers, config).files(),
        MODULE / "src/test/resources" / package: {
            "layouts.c": probe,
            "layouts.tsv": run(probe, source, config["upstream"]["include"]),
        },
    }
    return differences(folders) if check else write(folders)


def run(program, source, include):
    """What a C program prints, built by the system's C compiler, which need not be clang."""
    with tempfile.TemporaryDirectory() as folder:
        binary = Path(folder) / "layouts"
        flags = [flag for path in include for flag in ("-I", str(source / path))]
        compiler = os.environ.get("CC", "cc")
        subprocess.run([compiler, *flags, "-x", "c", "-", "-o", str(binary)], input=program, text=True, check=True)
        return subprocess.run([str(binary)], capture_output=True, text=True, check=True).stdout


def differences(folders):
    wrong = []
    for folder, files in folders.items():
        present = {path.name: path.read_text() for path in folder.iterdir()}
        wrong += [str(folder / name) for name in present.keys() | files.keys() if present.get(name) != files.get(name)]
    return "not as generated:\n" + "\n".join(sorted(wrong)) if wrong else None


def write(folders):
    for folder, files in folders.items():
        folder.mkdir(parents=True, exist_ok=True)
        for stale in {path.name for path in folder.iterdir()} - files.keys():
            (folder / stale).unlink()
        for name, text in files.items():
            (folder / name).write_text(text)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ValueError as refusal:
        sys.exit(str(refusal))
