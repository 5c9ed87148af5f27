"""Tests that share a deployment share a process, or each process would make its own."""

import re
import subprocess
import sys

from infra import ROOT

FILES = (
    "tests/cost/test_model.py",
    "tests/cost/test_prices.py",
    "tests/measure/test_promise.py",
)


def test_the_tests_of_a_file_stay_on_one_process() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--numprocesses", "2", "--verbose", *FILES],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    ran = re.findall(r"^\[(gw\d)\].* PASSED (\S+?)::", done.stdout, re.MULTILINE)
    assert len(ran) > 20, done.stdout
    assert {file for _, file in ran} == set(FILES)
    assert len(set(ran)) == len(FILES), "a file's tests ran on several processes"
    assert len({process for process, _ in ran}) == 2
