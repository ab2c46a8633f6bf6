"""The interactive loop, in a pseudo-terminal, with a virtual microphone and loudspeaker."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from voicecoach.audio import io
from voicecoach.coaching.coach import Coach
from voicecoach.conversion import voices
from voicecoach.practice import clips
from voicecoach.practice.history import History
from voicecoach.synthesis.reference import ReferenceVoice

RATE = 16_000
TEXT = "We call it bear."
READY = r"\[.*q quit\]"


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    spoken = ReferenceVoice().speak(TEXT)
    return io.resample(spoken.waveform, spoken.sample_rate, RATE)


def say(process, sound_server, waveform: np.ndarray) -> None:
    """Presses Enter and speaks when asked to."""
    process.send("\r")
    process.expect("Speak now, or press Enter at the end.")
    process.expect(r"0\.[3-9] s")  # the meter: begin a little late
    sound_server.say(waveform)


def shown_by(process) -> str:
    """What the last ``expect`` read, without colours and line ends."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", process.before + process.after)
    return re.sub(r"\s+", " ", text)


def _middle_of_the_pause(waveform: np.ndarray) -> int:
    """The sample in the middle of the longest silence that is inside."""
    loud = np.flatnonzero(np.abs(waveform) > 0.003)
    longest = np.diff(loud).argmax()
    return int(loud[longest : longest + 2].mean())


def attempts() -> list:
    with History.open() as history:
        return history.attempts()


def test_hear_say_see_and_again(
    terminal, sound_server, speech, likeness, tmp_path, data_folder
) -> None:
    with sound_server.listening() as heard:
        process = terminal("practice", "--text", TEXT, "--out", "takes", "--countdown", "0.2")
        process.expect("We call it bear.")
        process.expect("wi ˈkɔl ɪt ˈbɛɹ")
        process.expect(READY)  # the reference has been played
        assert "c compare" not in process.after
        example = heard()
    loud = np.flatnonzero(np.abs(speech) > 0.02)
    words = speech[loud[0] : loud[-1]]
    assert likeness(words, example) > 0.95
    say(process, sound_server, speech)
    process.expect("Total ")
    process.expect("Nothing to change")
    process.expect(READY)
    assert "c compare" in process.after
    (take,) = (tmp_path / "takes").glob("*.wav")
    assert likeness(speech, io.load(take, RATE)) > 0.99
    with sound_server.listening() as heard:
        process.send("c")
        process.expect(READY)
        compared = heard()
    between = _middle_of_the_pause(compared)
    assert min(likeness(words, part) for part in np.split(compared, [between])) > 0.9
    say(process, sound_server, speech)
    process.expect("This time")
    process.expect(READY)
    process.send("q")
    process.expect("1 sentence, 2 takes:")
    process.expect("More: voicecoach history")
    process.wait()
    assert process.exitstatus == 0
    assert [attempt.text for attempt in attempts()] == [TEXT, TEXT]
    assert (tmp_path / "takes" / "takes.tsv").read_text().count(TEXT) == 2
    assert not list(data_folder.rglob("*.flac"))  # recordings stay only where asked for


def test_ctrl_c_while_recording_keeps_the_take(terminal, sound_server, speech) -> None:
    process = terminal("practice", "--text", TEXT, "--no-audio", "--countdown", "0")
    process.expect(READY)
    process.send("\r")
    process.expect("Speak now")
    sound_server.say(speech).wait()
    process.sendintr()
    process.expect("Total ")
    process.expect("1 sentence, 1 take:")
    process.wait()
    assert process.exitstatus == 130
    (attempt,) = attempts()
    assert attempt.score.total > 7


def test_another_sentence_is_not_scored_unless_asked_to(terminal, sound_server, speech) -> None:
    text = "The big dogs jump over nine old fences in the garden."
    process = terminal("practice", "--text", text, "--no-audio", "--countdown", "0")
    process.expect(READY)
    say(process, sound_server, speech)
    process.expect("Not scored")
    process.expect(READY)
    assert "y score it anyway" in process.after
    assert attempts() == []
    process.send("y")
    process.expect("Total ")
    process.expect(READY)
    process.send("q")
    process.wait()
    assert len(attempts()) == 1


def test_words_and_sounds_can_be_heard(terminal, sound_server, spoken) -> None:
    process = terminal("practice", "--text", TEXT)
    process.expect(READY)
    lengths = {}
    for answer in ("4", "4.2", "x"):
        with sound_server.listening() as heard:
            process.send("w")
            process.expect("Which word, 1 to 4")
            process.sendline(answer)
            process.expect(READY)
            lengths[answer] = np.count_nonzero(np.abs(heard()) > 0.003) / RATE
    assert 'There is no word "x" in the sentence.' in process.before
    assert lengths["x"] == 0
    assert 0.15 < lengths["4"] < lengths["4.2"]  # the word, then its vowel
    process.send("q")
    process.wait()
    assert process.exitstatus == 0


def test_what_to_do_is_said_shown_and_heard(
    terminal, sound_server, swapped, likeness, tmp_path
) -> None:
    text = "We saw the red roof near the river"
    said = io.load(swapped, RATE)
    process = terminal("practice", "--text", text, "--out", "takes", "--countdown", "0.2")
    process.expect(READY)
    assert "h hear yourself better" not in process.after
    process.send("h")
    process.expect("no sound of yours to change")
    process.expect(READY)
    process.send("v")
    process.expect("Say it first")
    process.expect(READY)
    say(process, sound_server, said)
    process.expect("To change:")
    process.expect(READY)
    shown = shown_by(process)
    assert shown.count('In "river"') == 1
    assert "ound your lips less" in shown
    assert "1 hear what to change | h hear yourself better | v picture" in shown
    coach = Coach.from_pretrained()
    (take,) = (tmp_path / "takes").glob("*.wav")
    own = io.load(take, RATE)
    coaching = coach.feedback(own, text, RATE)
    word = coaching.word_of(coaching.phones[0])
    improved = coach.improve(own, coaching, RATE)
    times_ms = improved.to_new_ms(word.start_ms), improved.to_new_ms(word.end_ms)
    versions = [
        clips.cut_word(own, RATE, word.start_ms, word.end_ms),
        clips.cut_word(improved.waveform, RATE, *times_ms),
    ]
    assert likeness(*sorted(versions, key=len)) < 0.95
    told = '"river": yours, improved, and the reference'
    for key, tells in (("h", True), ("1", False)):
        with sound_server.listening() as heard:
            process.send(key)
            process.expect(READY)
            played = heard()
        assert (told in shown_by(process)) == tells
        assert min(likeness(version, played) for version in versions) > 0.97
    process.send("v")
    process.expect(rf"Enter: takes/{take.stem}.png")
    process.sendline()
    process.expect("Wrote")
    process.expect(READY)
    assert take.with_suffix(".png").is_file()
    process.send("v")
    process.expect("Enter:")
    process.sendline("picture.txt")
    process.expect("must end in .png or .svg")
    process.expect(READY)
    process.send("q")
    process.wait()
    assert process.exitstatus == 0


def test_the_course_goes_on_with_n(terminal, sound_server) -> None:
    process = terminal("practice", "--no-audio", "-n", "2", "--plain")
    process.expect(r"Sentence 1 of 2 \(level A1.*\)")
    process.expect(READY)
    process.send("n")
    process.expect(r"Sentence 2 of 2 \(level A1.*\)")
    process.expect(READY)
    process.send("n")
    process.wait()
    assert process.exitstatus == 0
    assert attempts() == []


@pytest.mark.usefixtures("no_sound")
def test_without_devices_it_goes_on_with_files(
    terminal, spoken: Path, monkeypatch, tmp_path_factory
) -> None:
    import sys

    path = f"{sys.path[0]}:{Path.cwd()}"  # `no_sound` put its folder first
    process = terminal("practice", "--text", TEXT, env={"PYTHONPATH": path, "PATH": "/nowhere"})
    process.expect("Not played: there is no working loudspeaker")
    process.expect("libportaudio2")
    process.expect(READY)
    assert "l listen" not in process.after
    process.send("\r")
    process.expect("Not recorded: There is no working microphone")
    process.expect("press f")
    process.expect(READY)
    process.send("f")
    process.expect("File with your recording: ")
    process.sendline("nothing.wav")
    process.expect("nothing.wav")
    process.expect(READY)
    process.send("f")
    process.expect("File with your recording: ")
    process.sendline(str(spoken))
    process.expect("Total ")
    process.expect(READY)
    process.send("q")
    process.wait()
    assert process.exitstatus == 0
    assert len(attempts()) == 1


@pytest.mark.usefixtures("no_sound")
def test_lines_in_place_of_keys(run, spoken: Path) -> None:
    lesson = f"f\n{spoken}\nn\n"
    result = run("practice", "--text", TEXT, "--no-audio", stdin=lesson)
    assert result.exit_code == 0, result.output
    assert "Total" in result.stdout
    assert "1 sentence, 1 take:" in result.stdout
    listed = run("history", "--json")
    assert len(json.loads(listed.stdout)["attempts"]) == 1


def test_a_wrong_model_is_told_before_anything_is_said(run) -> None:
    result = run("practice", "--model", "nothing", stdin="")
    assert result.exit_code == 2
    assert "There is no model 'nothing'" in result.stderr


def test_examples_in_an_enrolled_voice(terminal, sound_server, enrolled, likeness) -> None:
    spoken = voices.load("ann").speak(TEXT)
    with sound_server.listening() as heard:
        process = terminal("practice", "--text", TEXT, "--my-voice", "ann")
        process.expect(READY)
        example = heard()
    loud = np.flatnonzero(np.abs(spoken.waveform) > 0.02)
    assert likeness(spoken.waveform[loud[0] : loud[-1]], example) > 0.95
    process.send("q")
    process.wait()
    assert process.exitstatus == 0
