#!/usr/bin/env python3
"""Writes the Java bindings of llama.cpp's C headers, and the C program that measures their structs.

usage: generate.py LLAMA_CPP_SOURCE_DIR
"""

import sys
import tomllib
from pathlib import Path

from cheaders import Headers
from java_sources import JavaSources
from layout_probe import layout_probe

HERE = Path(__file__).resolve().parent
MODULE = HERE.parent


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    config = tomllib.loads((HERE / "bindings.toml").read_text())
    headers = Headers(Path(sys.argv[1]), config["upstream"]["include"], ["llama.h", "ggml-rpc.h"])

    target = MODULE / "src/main/java" / config["upstream"]["package"].replace(".", "/")
    target.mkdir(parents=True, exist_ok=True)
    sources = JavaSources(headers, config).files()
    for stale in set(target.glob("*.java")) - {target / name for name in sources}:
        stale.unlink()
    for name, text in sources.items():
        (target / name).write_text(text)

    resources = MODULE / "src/test/resources/io/github/llamacpp4j/ffi/generated"
    resources.mkdir(parents=True, exist_ok=True)
    (resources / "layouts.c").write_text(layout_probe(headers, config))
    print(f"{len(sources)} sources in {target}")


if __name__ == "__main__":
    main()
