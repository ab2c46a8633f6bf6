"""recipes/utils/parse_options.sh, run by bash in strict mode."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

PARSER = Path(__file__).parents[1] / "recipes" / "utils" / "parse_options.sh"
BASH = shutil.which("bash")
pytestmark = pytest.mark.skipif(BASH is None, reason="there is no bash here")

SCRIPT = f"""#!/usr/bin/env bash
# Trains a thing.
#
# Usage: train.sh [--stage N]

# This comment is not part of the usage.
set -euo pipefail
stage=1
stop_stage=7
corpus=
quiet=false
. '{PARSER}'
printf '%s\\n' "stage=$stage" "stop_stage=$stop_stage" "corpus=$corpus" "quiet=$quiet" "rest=$*"
"""


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recipe with space") / "train.sh"
    path.write_text(SCRIPT, encoding="utf-8")
    return path


def run(script: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BASH), str(script), *arguments], capture_output=True, text=True, check=False
    )


def values(script: Path, *arguments: str) -> dict[str, str]:
    done = run(script, *arguments)
    assert done.returncode == 0, done.stderr
    return dict(line.split("=", 1) for line in done.stdout.splitlines())


def test_defaults_stay_without_options(script: Path) -> None:
    assert values(script) == {
        "stage": "1",
        "stop_stage": "7",
        "corpus": "",
        "quiet": "false",
        "rest": "",
    }


def test_sets_variables_and_leaves_the_rest(script: Path) -> None:
    found = values(script, "--stage", "4", "--stop-stage=4", "--quiet", "true", "a", "--stage", "9")
    assert found["stage"] == found["stop_stage"] == "4"
    assert found["quiet"] == "true"
    assert found["rest"] == "a --stage 9"


def test_two_dashes_end_the_options(script: Path) -> None:
    found = values(script, "--stage", "2", "--", "--corpus", "x")
    assert (found["stage"], found["corpus"], found["rest"]) == ("2", "", "--corpus x")


def test_a_value_may_be_empty_or_negative(script: Path) -> None:
    found = values(script, "--stage", "-1", "--stop-stage", "")
    assert (found["stage"], found["stop_stage"]) == ("-1", "")


@settings(max_examples=20, deadline=None)
@given(
    text=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
    | st.sampled_from(["$(exit 9)", "`exit 9`", "a; exit 9", "*", "a b", "$HOME", "\\", "a=b"])
)
def test_a_value_is_text_and_never_run(script: Path, text: str) -> None:
    assert values(script, f"--corpus={text}")["corpus"] == text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--stagee", "4"], "train.sh: unknown option --stagee"),
        (["--PATH", "/nowhere"], "unknown option --PATH"),
        (["--stage[$(touch x)]", "4"], "unknown option"),
        (["-s", "4"], "unknown option -s"),
        (["--stage"], "--stage needs a value"),
        (["--corpus", "--stage", "4"], "--corpus needs a value"),
        (["--quiet", "yes"], '--quiet must be true or false, not "yes"'),
    ],
)
def test_wrong_options_leave_with_status_2(
    script: Path, arguments: list[str], message: str
) -> None:
    done = run(script, *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stdout == ""


def test_help_prints_the_comment_at_the_top(script: Path) -> None:
    done = run(script, "--stage", "3", "--help")
    assert done.returncode == 0
    assert done.stdout == "Trains a thing.\n\nUsage: train.sh [--stage N]\n"


def test_help_prefers_the_variable_usage(tmp_path: Path) -> None:
    path = tmp_path / "own.sh"
    path.write_text(f"#!/bin/bash\n# Comment.\nset -eu\nusage='How to use it'\n. '{PARSER}'\n")
    assert run(path, "--help").stdout == "How to use it\n"
