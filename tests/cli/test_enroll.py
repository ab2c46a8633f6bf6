"""``voicecoach enroll``: from files, by reading sentences, and what is never written."""

import json
import re
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from voicecoach.audio import io
from voicecoach.conversion.enrolment import Enrolment
from voicecoach.conversion.folders import names
from voicecoach.conversion.profile import Profile
from voicecoach.practice.prompts import prompts
from voicecoach.synthesis.reference import ReferenceVoice

RATE = 16_000


@pytest.fixture
def texts(clips, tmp_path: Path) -> Path:
    """A line for each of ``clips``."""
    path = tmp_path / "texts.txt"
    path.write_text("\n".join(clips.values()))
    return path


def test_files_make_a_voice(run, clips, texts, data_folder) -> None:
    result = run("enroll", "bob", "--wav", *clips, "--text-file", texts, "--consent")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert all(re.search(r"\.wav: accepted, \d\.\d s of speech", line) for line in lines[:4])
    assert re.fullmatch(
        r"bob: 4 clips, \d+ s of speech of the 40 s wanted: \d+ s to go\.", lines[4]
    )
    assert "The voice is ready" in lines[5]
    folder = data_folder / "voices" / "bob"
    kept = json.loads((folder / "profile.json").read_text())
    assert kept["consent"]["who"] == "bob"
    assert kept["consent"]["how"] == "--consent"
    assert "I am bob, or bob agreed" in kept["consent"]["agreed"]
    assert [clip["text"] for clip in kept["clips"]] == list(clips.values())
    assert (folder / "voiceprint.safetensors").is_file()
    again = run("enroll", "bob", *clips)  # nobody is asked a second time
    assert again.exit_code == 0
    assert again.stdout.count("is there already.") == 4
    shown = run("enroll", "bob")
    assert "bob: 4 clips" in shown.stdout and str(folder) in shown.stdout.replace("\n", "")


def test_an_interrupted_enrolment_goes_on(run, clips, monkeypatch) -> None:
    add, seen = Enrolment.add_file, []

    def interrupted(enrolment, path, *arguments):
        seen.append(path)
        if len(seen) == 3:
            raise KeyboardInterrupt
        return add(enrolment, path, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Enrolment, "add_file", interrupted)
        result = run("enroll", "bob", *clips, "--consent")
    assert result.exit_code == 130
    assert "What was accepted is kept" in result.stderr
    assert len(Profile.open("bob").clips) == 2
    result = run("enroll", "bob", *clips)
    assert result.exit_code == 0
    assert result.stdout.count("is there already.") == 2
    assert len(Profile.open("bob").clips) == 4


@pytest.mark.parametrize("answer", ["", "\n", "no\n", "I am bob\n"])
def test_nothing_is_written_without_consent(run, clips, data_folder, answer) -> None:
    result = run("enroll", "bob", *clips, stdin=answer)
    assert result.exit_code == 2
    assert "I am bob, or bob agreed" in result.stdout
    assert "Nothing was stored" in result.stderr
    assert not list(data_folder.iterdir())


def test_consent_may_be_typed(run, clips) -> None:
    result = run("enroll", "bob", *clips, stdin="yes\n")
    assert result.exit_code == 0, result.output
    assert Profile.open("bob").consent.how == "terminal"


def test_a_bad_clip_is_named_and_the_others_are_kept(run, clips, texts, tmp_path) -> None:
    silent = tmp_path / "silent.wav"
    io.save(silent, np.zeros(2 * RATE), RATE)
    lines = texts.read_text().splitlines()
    texts.write_text("\n".join([lines[1], *lines[1:], "hello there", "hello there"]))
    result = run("enroll", "bob", *clips, silent, "missing.wav", "--text-file", texts, "--consent")
    assert result.exit_code == 3
    assert result.stdout.count("accepted,") == 3
    assert "3 of 6 recordings were refused:" in result.stderr
    for reason in ("river.wav: It does not sound like", "silent.wav: It is silent", "missing.wav"):
        assert reason in result.stderr
    assert len(Profile.open("bob").clips) == 3


def spoken(folder: Path, text: str) -> Path:
    """A recording of the reference voice."""
    path, speech = folder / "strange.wav", ReferenceVoice().speak(text)
    io.save(path, speech.waveform, speech.sample_rate)
    return path


def test_a_clip_of_somebody_else_is_named_and_may_be_insisted_on(run, clips, tmp_path) -> None:
    strange = spoken(tmp_path, "Every morning I read the news and then I walk to the station.")
    result = run("enroll", "bob", strange, *clips, "--consent")
    assert result.exit_code == 3
    assert "1 of 5 recordings were refused:" in result.stderr
    assert re.search(r"strange\.wav: It does not sound like the other 4 clips", result.stderr)
    assert "--same-person" in result.stderr
    assert len(Profile.open("bob").clips) == 4
    result = run("enroll", "bob", strange)  # against the voice that there is now
    assert result.exit_code == 2 and "does not sound like the other 4" in result.stderr
    result = run("enroll", "bob", strange, "--same-person")
    assert result.exit_code == 0
    assert len(Profile.open("bob").clips) == 5


def test_two_people_are_said_and_nothing_is_stored(run, clips, data_folder, tmp_path) -> None:
    strange = spoken(tmp_path, "Every morning I read the news and then I walk to the station.")
    result = run("enroll", "bob", next(iter(clips)), strange, "--consent")
    assert result.exit_code == 2
    assert "several people" in result.stderr and result.stderr.count("\n") == 1
    assert not list(data_folder.iterdir())


def test_a_single_bad_clip_writes_nothing(run, data_folder, tmp_path) -> None:
    silent = tmp_path / "silent.wav"
    io.save(silent, np.zeros(2 * RATE), RATE)
    result = run("enroll", "bob", silent, "--consent")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"voicecoach: {silent}: It is silent")
    assert not list(data_folder.iterdir())


def test_too_little_speech_is_said(run, clips) -> None:
    result = run("enroll", "bob", next(iter(clips)), "--consent")
    assert result.exit_code == 0
    assert "1 clip, " in result.stdout
    assert "cannot be used yet" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["../bob", "a.wav"], "cannot be called"),
        (["reference", "a.wav"], "something else"),
        (["bob"], "no voice 'bob' yet"),
        (["bob", "a.wav", "--record", "3"], "one of"),
        (["bob", "--delete", "--record", "3"], "one of"),
        (["bob", "--text", "hello"], "--wav"),
        (["bob", "a.wav", "--yes"], "--delete"),
        (["bob", "c.wav", "--wav", "a.wav", "--wav", "b.wav"], "--wav once"),
        (["bob", "a.wav", "--text-file", "missing.txt"], "missing.txt"),
        (["bob", "--delete", "--yes"], "no enrolled voice 'bob'"),
    ],
)
def test_what_does_not_fit_writes_nothing(run, data_folder, arguments, message) -> None:
    result = run("enroll", *arguments, *(["--consent"] if "--delete" not in arguments else []))
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert not list(data_folder.iterdir())


def test_deleting(run, enrolled) -> None:
    assert "Nothing was deleted" in run("enroll", "ann", "--delete", stdin="n\n").stdout
    assert run("enroll", "ann", "--delete", stdin="").exit_code == 2
    assert names() == ["ann"]
    result = run("enroll", "ann", "--delete", "--yes")
    assert result.exit_code == 0
    assert "Deleted: the voice 'ann'" in result.stdout
    assert not enrolled.exists()


@pytest.mark.usefixtures("no_sound")
def test_without_a_microphone_files_are_named(run, data_folder) -> None:
    result = run("enroll", "bob", "--record", "3", "--consent", stdin="\n")
    assert result.exit_code == 2
    assert "--wav" in result.stderr
    assert not list(data_folder.iterdir())


def test_a_sentence_read_by_somebody_else_is_asked_for_again(
    terminal, sound_server, enrolled
) -> None:
    prompt = next(prompts([clip.text for clip in Profile.open("ann").clips if clip.text]))
    process = terminal("enroll", "ann", "--record", "1", "--countdown", "0")
    process.expect_exact(prompt.text)
    process.expect(r"\[Enter speak .* quit\]")
    process.send("\r")
    process.expect("Speak now, or press Enter at the end.")
    process.expect(r"0\.[3-9] s")
    strange = ReferenceVoice().speak(prompt.text)
    sound_server.say(io.resample(strange.waveform, strange.sample_rate, RATE))
    process.expect("Not accepted: read it again.")
    process.expect("does not sound like the other 4 clips")
    process.expect(r"\[Enter speak .* quit\]")
    process.send("q")
    process.expect("ann: 4 clips")
    process.wait()
    assert process.exitstatus == 0


def test_sentences_are_read_asked_again_and_kept(terminal, sound_server) -> None:
    """A sentence that is not read is asked for again; what was accepted outlives Ctrl-C."""
    first, second = (item.text for item in islice(prompts(), 2))
    keys = r"\[Enter speak .* quit\]"

    def say(text: str) -> None:
        spoken = ReferenceVoice().speak(text)
        process.send("\r")
        process.expect("Speak now, or press Enter at the end.")
        process.expect(r"0\.[3-9] s")
        sound_server.say(io.resample(spoken.waveform, spoken.sample_rate, RATE))

    process = terminal("enroll", "bob", "--record", "2", "--countdown", "0")
    process.expect("Type yes to agree: ")
    process.sendline("yes")
    process.expect("Sentence 1 of 2")
    process.expect_exact(first)
    process.expect(keys)
    say("The big dogs jump over nine old fences in the garden.")
    process.expect("Not accepted: read it again.")
    process.expect(keys)
    say(first)
    process.expect(r"Accepted. 1 clip, \d s of speech of the 40 s wanted")
    process.expect("Sentence 2 of 2")
    process.expect_exact(second)
    process.expect(keys)
    process.sendintr()
    process.expect("What was accepted is kept")
    process.wait()
    assert process.exitstatus == 130
    assert [clip.text for clip in Profile.open("bob").clips] == [first]
    process = terminal("enroll", "bob", "--record", "1", "--countdown", "0")
    process.expect_exact(second)
    process.expect(keys)
    process.send("q")
    process.expect("bob: 1 clip")
    process.wait()
    assert process.exitstatus == 0
