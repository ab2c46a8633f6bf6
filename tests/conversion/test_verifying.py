"""Fitting a verifier, and measuring it on speakers that did not fit it."""

import json
from pathlib import Path

import numpy as np
import pytest

from voicecoach.audio import io
from voicecoach.conversion import verifying
from voicecoach.conversion.speakers import held_out
from voicecoach.conversion.verifier import ClipStatistics, Verifier
from voicecoach.errors import InputError


@pytest.fixture(scope="module")
def corpus() -> verifying.Clips:
    """Twelve clips each of 40 speakers, of six values; the last two tell them apart less well."""
    rng = np.random.default_rng(0)
    means = rng.normal(size=(40, 6)) * [5, 5, 5, 5, 2, 0]
    values = np.repeat(means, 12, axis=0) + rng.normal(size=(480, 6))
    names = np.array([f"{k:02d}" for k in range(40)])
    groups = {name: ("fm"[k % 2], "adult") for k, name in enumerate(names)}
    return verifying.Clips(values, np.repeat(names, 12), groups)


def test_own_clips_are_taken_and_those_of_others_refused(corpus) -> None:
    verifier, found = verifying.run(corpus, 5)
    assert verifier.least_score in verifying.THRESHOLDS
    assert found["verifier"]["counts"] == {"speakers": 8, "clips": 96}
    sizes = found["verifier"]["sizes"]
    for size in ("5", "10"):
        assert sizes[size]["same"] < 0.05
        assert sizes[size]["same sex and age, found"] > 0.95
    assert sizes["10"]["other sex, halves"] > 0.95
    assert "20" in sizes and sizes["20"] == {}  # nobody has so many
    assert found["pitch"]["sizes"]["10"]["other sex, found"] < sizes["10"]["other sex, found"]
    table = verifying.markdown(found)
    assert "verifier: 96 clips of 8 speakers." in table and "| 10 | 0." in table


def test_who_is_held_out_changes_nothing_that_is_fitted(corpus) -> None:
    held = held_out(corpus.speakers.tolist(), 5)
    moved = np.isin(corpus.speakers, sorted(held))
    other = verifying.Clips(
        np.where(moved[:, None], 100.0, corpus.values), corpus.speakers, corpus.groups
    )
    first, second = (verifying.run(clips, 5)[0] for clips in (corpus, other))
    assert first.least_score == second.least_score
    assert np.array_equal(first.projection, second.projection)


def test_few_speakers_are_too_few(corpus) -> None:
    with pytest.raises(InputError, match="at least 10"):
        verifying.fit(corpus.of(sorted(set(corpus.speakers))[:9]))


def test_readers_on_another_channel_are_told_apart(shared_data: Path) -> None:
    """Native readers with their own microphones: nothing was fitted on them."""
    verifier = Verifier.from_pretrained()
    placed = []
    for reader in ("1688-142285", "3331-159605"):
        paths = sorted((shared_data / "librispeech-clips/test-other").glob(f"{reader}-*.ogg"))[:5]
        clips = [ClipStatistics.measure(io.load(path, 16000)) for path in paths]
        placed.append(verifier.place(np.stack([clip.values for clip in clips])))
    for one, other in (placed, placed[::-1]):
        assert verifier.part(one) == [0, 1, 2, 3, 4]
        assert verifier.part(np.concatenate([one, other[:1]])) == [0, 1, 2, 3, 4]


def test_the_command_measures_a_given_verifier(clips, say, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from voicecoach.cli.main import app

    folder, tables = tmp_path / "data", {"wav.scp": [], "text": [], "utt2spk": []}
    folder.mkdir()
    for number, (path, text) in enumerate(clips.items()):
        io.save(folder / f"r{number}.wav", say(text), 16000)
        for utt, wav in ((f"k{number}", path), (f"r{number}", folder / f"r{number}.wav")):
            tables["wav.scp"].append(f"{utt}\t{wav}")
            tables["text"].append(f"{utt}\t{text.upper()}")
            tables["utt2spk"].append(f"{utt}\t{utt[0]}")
    for name, lines in tables.items():
        (folder / name).write_text("\n".join(sorted(lines)) + "\n")
    arguments = ["gate", folder, "--voices", "--model", "verifier-en", "--out", tmp_path / "out"]
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    found = json.loads((tmp_path / "out/voices.json").read_text())["verifier"]
    assert found["counts"] == {"speakers": 2, "clips": 8}
    assert found["sizes"]["3"]["same"] == 0.0
    assert "8 clips of 2 speakers" in result.stdout
