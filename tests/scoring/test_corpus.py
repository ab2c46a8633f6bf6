import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from voicecoach.audio.io import save
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.scoring.corpus import SCORES, read_records, score_corpus
from voicecoach.text.sentence import Word

SENTENCE = (Word("see", ("S", "IY"), (0, 1)), Word("me", ("M", "IY"), (0, 1)))


def utterance(folder: Path, utt: str, sentence: tuple[Word, ...] = SENTENCE) -> Utterance:
    wav = folder / f"{utt}.wav"
    noise = 0.1 * np.random.default_rng(len(utt)).standard_normal(16_000)
    save(wav, noise.astype(np.float32), 16_000)
    return Utterance(utt, utt, wav, "see me", sentence)


def test_lines_come_in_order_and_progress_is_told(tmp_path: Path) -> None:
    utterances = [utterance(tmp_path, utt) for utt in ("b", "aa", "ccc")]
    counts: list[int] = []
    assert score_corpus(utterances, tmp_path, threads=1, on_done=counts.append) == []
    assert [record["utt"] for record in read_records(tmp_path / SCORES)] == ["b", "aa", "ccc"]
    assert counts == [0, 1, 1, 1]
    score_corpus(utterances, tmp_path, threads=1, on_done=counts.append)
    assert counts[4:] == [3]


def test_an_unexpected_error_ends_one_recording_and_not_the_batch(tmp_path: Path) -> None:
    impossible = utterance(tmp_path, "bad", (Word("see", ("NOT-A-PHONE",), (0,)),))
    good = utterance(tmp_path, "good")
    (failure,) = score_corpus([impossible, good], tmp_path, threads=1)
    assert failure.utt == "bad"
    assert failure.reason.startswith("unexpected ")
    assert "\n" not in failure.reason
    assert [record["utt"] for record in read_records(tmp_path / SCORES)] == ["good"]


def test_nothing_to_score_writes_no_scores(tmp_path: Path) -> None:
    assert score_corpus([], tmp_path) == []
    assert not (tmp_path / SCORES).exists()


@pytest.mark.parametrize("line", ["[]", "{}", '{"utt": 3}', "not json"])
def test_line_that_is_no_record_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / SCORES
    path.write_text(json.dumps({"utt": "u"}) + "\n" + line + "\n")
    with pytest.raises(InputError, match="line 2"):
        list(read_records(path))


def test_missing_scores_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=SCORES):
        list(read_records(tmp_path / SCORES))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on file sizes")
def test_full_disk_keeps_what_is_scored(tmp_path: Path) -> None:
    """A limit on file sizes stands for a disk that fills up within the second record."""
    utterances = [utterance(tmp_path, utt) for utt in ("one", "two")]
    script = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from voicecoach.data.utterance import Utterance\n"
        "from voicecoach.errors import InputError\n"
        "from voicecoach.scoring.corpus import score_corpus\n"
        "from voicecoach.text.sentence import Word\n"
        f"utterances = [Utterance(u, u, Path({str(tmp_path)!r}) / f'{{u}}.wav', 'see me',\n"
        "    (Word('see', ('S', 'IY'), (0, 1)), Word('me', ('M', 'IY'), (0, 1))))\n"
        "    for u in ('one', 'two')]\n"
        "limit = int(sys.argv[1])\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))\n"
        "try:\n"
        f"    score_corpus(utterances, Path({str(tmp_path)!r}), threads=1)\n"
        "except InputError as error:\n"
        "    print(error)\n"
    )
    whole = score_corpus(utterances[:1], tmp_path, threads=1)
    assert whole == []
    first = (tmp_path / SCORES).read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", script, str(len(first) + 100)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "make room" in done.stdout
    assert len((tmp_path / SCORES).read_bytes()) == len(first) + 100
    score_corpus(utterances, tmp_path, threads=1)
    assert (tmp_path / SCORES).read_bytes().startswith(first)
    assert [record["utt"] for record in read_records(tmp_path / SCORES)] == ["one", "two"]
