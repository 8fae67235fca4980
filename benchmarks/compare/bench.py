#!/usr/bin/env python3
"""Runs llama-bench and `llamacpp4j bench` in turn on the same model, threads and library files, and prints the medians.

usage: bench.py REFERENCE_DIR MODEL [--rounds 5] [--threads 1,2] [-p 512] [-n 128] [-r 3]

REFERENCE_DIR is a llama.cpp build/bin folder: its llama-bench runs on its own libraries, and llamacpp4j loads the very
same files from there. Leave the machine alone meanwhile. Standard library only.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def measure(command, environment):
    output = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return {(row["n_prompt"], row["n_gen"], row["n_threads"]): row["avg_ts"] for row in json.loads(output.stdout)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reference")
    parser.add_argument("model")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("-p", default="512")
    parser.add_argument("-n", default="128")
    parser.add_argument("-r", default="3")
    options = parser.parse_args()

    flags = ["-m", options.model, "-p", options.p, "-n", options.n, "-t", options.threads, "-r", options.r, "-o", "json"]
    environment = dict(os.environ, LLAMACPP4J_NATIVE_DIR=options.reference)
    sides = {
        "llama-bench": [os.path.join(options.reference, "llama-bench")] + flags,
        "llamacpp4j": [os.path.join(ROOT, "llamacpp4j"), "bench"] + flags,
    }
    speeds = {}
    for index in range(options.rounds):
        order = list(sides) if index % 2 == 0 else list(reversed(sides))
        for side in order:
            for test, speed in measure(sides[side], environment).items():
                speeds.setdefault(test, {}).setdefault(side, []).append(speed)
        print(f"round {index + 1} of {options.rounds} done", file=sys.stderr)

    print("| test | threads | llama-bench t/s | llamacpp4j t/s | ratio |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for (prompt, generated, threads), by_side in speeds.items():
        reference, ours = (statistics.median(by_side[side]) for side in sides)
        label = f"pp{prompt}" if generated == 0 else f"tg{generated}"
        print(f"| {label} | {threads} | {reference:.1f} | {ours:.1f} | {ours / reference:.3f} |")


if __name__ == "__main__":
    main()
