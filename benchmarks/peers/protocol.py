"""The protocol of Graft's speed comparison: commands on standard input, answers behind an @.

prepare MEASURE    build, compile and run once     -> {"seconds": s}
run MEASURE COUNT  time single runs                -> {"milliseconds": [...]}
memory             largest resident memory so far  -> {"mebibytes": m}
quit
"""

import json
import os
import resource
import sys
import time


def answer(value):
    sys.stdout.write("@" + json.dumps(value) + "\n")
    sys.stdout.flush()


def limit_threads(count):
    """Must be called before a numeric library is imported."""
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(count)


def require(module):
    """Imports a library, or tells that it is not there and ends."""
    try:
        return __import__(module)
    except ImportError as e:
        answer({"error": f"this Python has no {module} ({e})"})
        sys.exit(0)


def serve(versions, make):
    """Answers commands. make(measure) gives a function that does one run."""
    answer({"versions": versions})
    ready = {}
    for line in sys.stdin:
        command = line.split()
        if not command or command[0] == "quit":
            return
        try:
            answer(reply(command, ready, make))
        except Exception as e:  # the other side decides what to do about it
            answer({"error": f"{type(e).__name__}: {e}"})


def reply(command, ready, make):
    if command[0] == "prepare":
        start = time.perf_counter()
        run = make(command[1])
        run()
        ready[command[1]] = run
        return {"seconds": time.perf_counter() - start}
    if command[0] == "run":
        run = ready[command[1]]
        times = []
        for _ in range(int(command[2])):
            start = time.perf_counter()
            run()
            times.append((time.perf_counter() - start) * 1e3)
        return {"milliseconds": times}
    if command[0] == "memory":
        return {"mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    raise ValueError(f"unknown command {command[0]}")
