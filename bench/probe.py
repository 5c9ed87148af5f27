"""Runs a function as Lambda would, and prints what it cost, as JSON.

`python probe.py FOLDER MODULE FUNCTION EVENT CALLS`, in a process of its own for each measurement
and on the functions' Python: nothing but the standard library is used, and as little of it as can
be is loaded before the function is.
"""

import sys
import time

_CLOCK, _CPU = time.perf_counter(), time.process_time()


class Context:
    """What Lambda says of an invocation, as far as functions here look at it."""

    aws_request_id = "00000000-0000-0000-0000-000000000000"


def main(folder: str, module: str, function: str, event: str, calls: int) -> None:
    """Load a function, and have it answer `calls` times more than once."""
    sys.path.insert(0, folder)
    handler = getattr(__import__(module), function)
    loaded, loaded_cpu = time.perf_counter(), time.process_time()

    # Of no weight: every candidate has loaded it by now.
    import json  # noqa: PLC0415 -- not before the function is

    given = json.loads(event)
    answer = handler(given, Context())
    answered, answered_cpu = time.perf_counter(), time.process_time()
    modules = len(sys.modules)
    if answer["statusCode"] != 200:
        sys.exit(f"{module}.{function} answered {answer}")

    spent = []
    for _ in range(calls):
        event_of_call = json.loads(event)
        before = time.process_time()
        handler(event_of_call, Context())
        spent.append(time.process_time() - before)
    spent.sort()
    with open("/proc/self/status") as status:  # noqa: PTH123 -- pathlib would count as loaded
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    print(  # noqa: T201 -- what is asked for
        json.dumps(
            {
                "import_ms": (loaded - _CLOCK) * 1e3,
                "first_ms": (answered - loaded) * 1e3,
                "cold_ms": (answered - _CLOCK) * 1e3,
                "cold_cpu_ms": (answered_cpu - _CPU) * 1e3,
                "import_cpu_ms": (loaded_cpu - _CPU) * 1e3,
                "warm_cpu_us": spent[len(spent) // 2] * 1e6 if spent else None,
                "modules": modules,
                "peak_mib": peak / 1024,
            }
        )
    )


main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]))
