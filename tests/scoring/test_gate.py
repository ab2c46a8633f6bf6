import pytest

from voicecoach import Scorer
from voicecoach.audio import io
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.scoring.gate import run
from voicecoach.synthesis.reference import ReferenceVoice
from voicecoach.text.transcribe import transcribe

TEXTS = ("we call it bear", "the red roses arrived very fast", "she sells sea shells")


@pytest.fixture(scope="module")
def scorer():
    return Scorer.from_pretrained()


@pytest.fixture(scope="module")
def utterances(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gate")
    voice = ReferenceVoice()
    found = []
    for number, text in enumerate(TEXTS):
        path = folder / f"{number}.wav"
        speech = voice.speak(text)
        io.save(path, speech.waveform, speech.sample_rate)
        age = 10 if number == 0 else 30
        found.append(Utterance(str(number), "s", path, text, transcribe(text), age=age))
    return found


def test_good_recordings_pass_and_spoiled_ones_do_not(scorer, utterances):
    done = []
    counts = run(
        scorer, utterances, foreign=[utterances[0].wav], progress=lambda *a: done.append(a)
    )
    everybody = counts["all"]
    assert everybody["untouched"] == {
        "recordings": 3, "refused": 0, "remarked": 0, "noticed": 0, "kinds": {},
    }  # fmt: skip
    for name in ("silence", "hiss alone", "another sentence"):
        assert everybody[name]["recordings"] == everybody[name]["refused"] == 3
    assert everybody["another sentence"]["kinds"] == {"other sentence": 3}
    assert everybody["another language"]["recordings"] == 3
    assert counts["child"]["untouched"]["recordings"] == 1
    assert counts["adult"]["untouched"]["recordings"] == 2
    names = list(everybody)
    assert names[0] == "untouched"
    strengths = [name for name in names if name.startswith("clipped")]
    assert strengths == ["clipped 1%", "clipped 3%", "clipped 6%"]
    assert done == [(n, 4) for n in range(1, 5)]


def test_only_some_are_spoiled(scorer, utterances):
    everybody = run(scorer, utterances, spoil_every=2)["all"]
    assert everybody["untouched"]["recordings"] == everybody["another sentence"]["recordings"] == 3
    assert everybody["silence"]["recordings"] == 2
    assert everybody["clipped 1%"]["recordings"] == everybody["clipped 3%"]["recordings"] == 1


def test_a_bad_file_is_counted_and_nothing_but_bad_files_is_an_error(scorer, utterances, tmp_path):
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"no sound")
    bad = Utterance("bad", "s", broken, "a cat", transcribe("a cat"))
    with pytest.raises(InputError, match="None of the recordings"):
        run(scorer, [bad])
