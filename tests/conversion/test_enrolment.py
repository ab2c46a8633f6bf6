"""Which recordings are taken for a voice."""

import re
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pytest

from voicecoach.audio import io
from voicecoach.conversion.enrolment import Enrolment
from voicecoach.conversion.mark import is_marked, mark
from voicecoach.conversion.profile import Consent, Profile
from voicecoach.errors import InputError
from voicecoach.scoring.quality import score_checked
from voicecoach.scoring.scorer import Scorer
from voicecoach.synthesis import voices

CONSENT = Consent(who="Bob", when=datetime.now(timezone.utc), agreed="I am Bob.", how="test")


def noisy(waveform: np.ndarray) -> np.ndarray:
    """8 dB of noise: a remark where it is scored."""
    noise = np.random.default_rng(0).normal(size=len(waveform))
    return waveform + 0.4 * waveform.std() * noise


@pytest.fixture
def enrolment() -> Enrolment:
    return Enrolment(Profile.create("bob", CONSENT), Scorer.from_pretrained)


def of_bob(same_person: bool = False) -> Enrolment:
    """Of a new voice, for recordings without texts."""
    profile = Profile.create("bob", CONSENT)
    return Enrolment(profile, lambda: pytest.fail("not needed"), same_person)


@pytest.fixture(scope="session")
def strange(clips, say, tmp_path_factory) -> list[Path]:
    """The sentences of ``clips`` by the reference voice."""
    folder = tmp_path_factory.mktemp("strange")
    for path, text in clips.items():
        io.save(folder / path.name, say(text), 16000)
    return [folder / path.name for path in clips]


def test_a_recording_of_the_text_is_kept_once(enrolment, clips) -> None:
    path, text = next(iter(clips.items()))
    outcome = enrolment.add_file(path, text)
    assert outcome.clip is not None and not outcome.known
    assert outcome.clip.text == text
    assert 1.5 < outcome.clip.speech_s < 5.0
    assert enrolment.add_file(path, text).known
    assert enrolment.profile.clips == (outcome.clip,)
    (kept,) = enrolment.profile.folder.rglob("*.flac")
    assert np.allclose(io.load(kept, 16000), io.load(path, 16000), atol=1e-4)


def test_another_text_is_refused_and_nothing_is_kept(enrolment, clips, data_folder) -> None:
    outcome = enrolment.add_file(next(iter(clips)), "Big dogs jump over nine old fences today.")
    assert outcome.clip is None
    assert [problem.kind for problem in outcome.problems] == ["other sentence"]
    assert not list(data_folder.iterdir())


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda waveform: 1e-5 * waveform, "silence"),
        (lambda waveform: np.clip(50 * waveform, -1, 1), "clipping"),
        (lambda waveform: np.pad(waveform[8000:16000], 16000), "short"),
        (noisy, "noise"),
    ],
)
def test_without_a_text_the_sound_is_judged(clips, data_folder, change, kind) -> None:
    waveform = io.load(next(iter(clips)), 16000)
    outcome = of_bob().add(change(waveform).astype(np.float32))
    assert outcome.clip is None
    assert outcome.problems[-1].kind == kind
    assert not list(data_folder.iterdir())


def test_noise_that_a_score_survives_is_no_part_of_a_voice(enrolment, clips, data_folder) -> None:
    path, text = next(iter(clips.items()))
    waveform = noisy(io.load(path, 16000)).astype(np.float32)
    verdict = score_checked(enrolment.scorer, waveform, text, 16000)
    assert verdict.score is not None
    outcome = enrolment.add(waveform, text)
    assert outcome.clip is None
    assert [problem.kind for problem in outcome.problems if problem.refuses] == ["noise"]
    assert not list(data_folder.iterdir())


def test_converted_speech_is_nobodys(enrolment, clips, tmp_path: Path) -> None:
    path = tmp_path / "made.flac"
    io.save(path, io.load(next(iter(clips)), 16000), 16000, mark("Ann"))
    assert is_marked(path) and "Ann" in io.read_comment(path)
    outcome = enrolment.add_file(path)
    assert outcome.clip is None
    assert outcome.problems[0].kind == "converted"


@pytest.mark.parametrize("place", [0, 2, 4])
def test_a_clip_of_somebody_else_is_refused_wherever_it_stands(clips, strange, place) -> None:
    files = [*clips]
    files.insert(place, strange[1])
    enrolment = of_bob()
    enrolment.compare(files)
    outcomes = [enrolment.add_file(path) for path in files]
    assert [outcome.clip is None for outcome in outcomes] == [k == place for k in range(5)]
    (problem,) = outcomes[place].problems
    assert problem.kind == "other voice"
    assert re.search(r"the other 4 clips \(pitch \d+ Hz, theirs \d+ Hz\)", problem.message)
    assert len(enrolment.profile.clips) == 4


def test_a_clip_that_comes_later_is_compared_with_the_voice(enrolled, strange, data_folder) -> None:
    enrolment = Enrolment(Profile.open("ann"), lambda: pytest.fail("not needed"))
    own = voices.load("kathleen", "none").speak("Nice to meet you, how do you do this morning?")
    waveform = np.pad(io.resample(own.waveform, own.sample_rate, 16000), 4000)
    assert enrolment.add(io.load(strange[0], 16000)).problems[0].kind == "other voice"
    assert enrolment.add(waveform).clip is not None
    enrolment = Enrolment(Profile.open("ann"), lambda: pytest.fail("not needed"))
    enrolment.compare(strange)  # four of somebody else do not take over a voice of five
    assert [enrolment.add_file(path).problems[0].kind for path in strange] == ["other voice"] * 4
    assert len(Profile.open("ann").clips) == 5


def test_of_two_people_none_is_picked(clips, strange, data_folder) -> None:
    files = [path for both in zip(clips, strange, strict=True) for path in both]
    with pytest.raises(InputError, match=r"several people: 4 are like .*, 4 like .*--same-person"):
        of_bob().compare(files)
    assert not list(data_folder.iterdir())


def test_who_knows_better_is_believed(clips, strange) -> None:
    enrolment = of_bob(same_person=True)
    files = [*clips, *strange]
    enrolment.compare(files)
    assert all(enrolment.add_file(path).clip for path in files)


def test_files_that_are_no_speech_are_not_compared(clips, tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("no sound")
    io.save(tmp_path / "silent.wav", np.zeros(16000), 16000)
    enrolment = of_bob()
    enrolment.compare([tmp_path / "text.wav", tmp_path / "silent.wav", *clips, "missing.wav"])
    assert all(enrolment.add_file(path).clip for path in clips)


def test_what_is_no_recording_is_an_input_error(enrolment, tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("no sound")
    for name in ("text.wav", "missing.wav"):
        with pytest.raises(InputError, match=name):
            enrolment.add_file(tmp_path / name)
