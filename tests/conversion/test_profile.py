"""The folder of an enrolled voice: what is in it, and what happens to it."""

import json
import shutil
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pytest

from voicecoach.conversion import folders
from voicecoach.conversion.converter import Converter
from voicecoach.conversion.profile import Clip, Consent, Profile
from voicecoach.conversion.voiceprint import Voiceprint
from voicecoach.errors import InputError

WHEN = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
CONSENT = Consent(who="Bob", when=WHEN, agreed="I am Bob.", how="terminal")
NOISE = np.random.default_rng(0).uniform(-0.5, 0.5, 8000).astype(np.float32)


def clip(number: int, text: str | None = None) -> Clip:
    return Clip(id=f"{number:016x}", text=text, speech_s=0.5)


@pytest.fixture
def converter() -> Converter:
    return Converter.from_pretrained()


def test_nothing_is_written_before_the_first_clip(data_folder: Path) -> None:
    profile = Profile.create("bob", CONSENT)
    assert not list(data_folder.iterdir())
    profile.add(clip(1), NOISE)
    assert folders.names() == ["bob"]


def test_what_was_added_is_there_again() -> None:
    profile = Profile.create("bob", CONSENT)
    profile.add(clip(1, "One."), NOISE)
    profile.add(clip(2), NOISE)
    profile.add(clip(1, "One."), NOISE)
    again = Profile.open("Bob")
    assert again.name == "bob"
    assert again.consent == CONSENT
    assert again.clips == profile.clips == (clip(1, "One."), clip(2))
    assert again.speech_s == 1.0
    assert len(list(again.folder.rglob("*.flac"))) == 2
    with pytest.raises(InputError, match="already"):
        Profile.create("bob", CONSENT)


def test_two_programs_that_enrol_lose_no_clip() -> None:
    first = Profile.create("bob", CONSENT)
    first.add(clip(1), NOISE)
    second = Profile.open("bob")
    first.add(clip(2), NOISE)
    second.add(clip(3), NOISE)
    assert [found.id[-1] for found in Profile.open("bob").clips] == ["1", "2", "3"]


def test_only_the_owner_may_look_into_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICECOACH_DATA", str(tmp_path / "share" / "data"))
    profile = Profile.create("bob", CONSENT)
    profile.add(clip(1), NOISE)
    for folder in (profile.folder, profile.folder.parent, tmp_path / "share" / "data"):
        assert folder.stat().st_mode & 0o077 == 0


def test_the_voiceprint_is_measured_again_where_it_is_missing_or_damaged(
    enrolled: Path, converter: Converter
) -> None:
    file, profile = enrolled / "voiceprint.safetensors", Profile.open("ann")
    kept = profile.voiceprint(converter)
    file.write_bytes(b"damaged")
    again = profile.voiceprint(converter)
    assert np.allclose(kept.mean, again.mean)
    assert np.allclose(Voiceprint.load(file).mean, kept.mean)


def test_another_clip_makes_another_voiceprint(enrolled: Path, converter: Converter) -> None:
    profile = Profile.open("ann")
    before = profile.voiceprint(converter)
    time_s = np.arange(2 * 16000) / 16000
    hum = sum(np.sin(2 * np.pi * 120 * k * time_s) / k for k in range(1, 20)) / 8
    profile.add(clip(1), hum)
    assert not (enrolled / "voiceprint.safetensors").exists()
    assert profile.voiceprint(converter).seconds > before.seconds


def test_too_little_speech_says_how_to_go_on(converter: Converter) -> None:
    profile = Profile.create("bob", CONSENT)
    profile.add(clip(1), NOISE)
    with pytest.raises(InputError, match=r"'bob' cannot be used yet.*voicecoach enroll bob"):
        profile.voiceprint(converter)


def test_a_voice_that_is_not_there() -> None:
    with pytest.raises(InputError, match="voicecoach enroll nobody"):
        Profile.open("nobody")


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda value: "{", "profile.json"),
        (lambda value: json.dumps({**value, "version": 0}), "version"),
        (lambda value: json.dumps({k: v for k, v in value.items() if k != "consent"}), "consent"),
        (lambda value: json.dumps({**value, "consent": {**value["consent"], "who": ""}}), "who"),
        (
            lambda value: json.dumps(
                {**value, "clips": [{"id": "../../../etc/pw", "text": None, "speech_s": 1}]}
            ),
            "id",
        ),
    ],
)
def test_a_damaged_profile_is_one_sentence(enrolled: Path, damage, reason: str) -> None:
    file = enrolled / "profile.json"
    file.write_text(damage(json.loads(file.read_text())))
    with pytest.raises(
        InputError, match=rf"^The voice 'ann' is damaged \(.*{reason}.*--delete ann"
    ):
        Profile.open("ann")


def test_a_profile_of_a_newer_version_is_not_called_damaged(enrolled: Path) -> None:
    file = enrolled / "profile.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "version": 2, "more": "of it"}))
    with pytest.raises(InputError, match="'ann' was enrolled with a newer voicecoach: update"):
        Profile.open("ann")


def test_a_folder_without_its_file_is_damaged(enrolled: Path) -> None:
    (enrolled / "profile.json").unlink()
    with pytest.raises(InputError, match="'ann' is damaged"):
        Profile.open("ann")


def test_a_clip_that_is_missing_is_one_sentence(enrolled: Path, converter: Converter) -> None:
    (enrolled / "voiceprint.safetensors").unlink()
    next((enrolled / "clips").iterdir()).unlink()
    with pytest.raises(InputError, match=r"'ann' is damaged \(There is no file .*\.flac"):
        Profile.open("ann").voiceprint(converter)


def test_a_full_or_lost_disk_keeps_the_list_as_it_was(enrolled: Path) -> None:
    profile = Profile.open("ann")
    before = profile.clips
    shutil.rmtree(enrolled / "clips")
    (enrolled / "clips").touch()  # nothing can be written there
    with pytest.raises(InputError):
        profile.add(clip(1), NOISE)
    assert Profile.open("ann").clips == before
