import numpy as np
import pytest

from voicecoach import Scorer
from voicecoach.audio import io
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.scoring.probe import make_probes, run
from voicecoach.scoring.results import DELETED
from voicecoach.synthesis.reference import ReferenceVoice
from voicecoach.text.transcribe import transcribe


def test_probes_differ_from_the_sentence_where_they_say():
    sentence = transcribe("the red roses arrived very fast")
    kinds = set()
    for seed in range(40):
        for probe in make_probes(sentence, np.random.default_rng(seed)):
            if probe.truth == "insertion":
                rest = sentence[: probe.word] + sentence[probe.word + 1 :]
                assert probe.sentence == rest
                kinds.add("insertion")
                continue
            changed = probe.sentence[probe.word].phones
            if probe.truth == "omission":
                rest = probe.sentence[: probe.word] + probe.sentence[probe.word + 1 :]
                assert rest == sentence
            elif probe.truth == DELETED:
                said = changed[: probe.phone] + changed[probe.phone + 1 :]
                assert said == sentence[probe.word].phones
            else:
                assert changed[probe.phone] != probe.truth
                assert sentence[probe.word].phones[probe.phone] == probe.truth
                assert len(changed) == len(sentence[probe.word].phones)
            kinds.add(probe.truth if probe.truth in ("omission", DELETED) else "substitution")
    assert kinds == {"omission", "insertion", DELETED, "substitution"}


def test_only_words_that_were_said_well_are_changed():
    sentence = transcribe("the red roses arrived very fast")
    well_said = [False, True, False, True, True, False]
    for seed in range(20):
        for probe in make_probes(sentence, np.random.default_rng(seed), well_said):
            if probe.truth != "omission":  # that one puts in a word
                assert well_said[probe.word]
    assert make_probes(sentence, np.random.default_rng(0), [False] * 6) == []


def test_shares_are_counted_on_real_scores(tmp_path):
    voice = ReferenceVoice()
    utterances = []
    for number, text in enumerate(("we call it bear", "the cat is very thin")):
        path = tmp_path / f"{number}.wav"
        speech = voice.speak(text)
        io.save(path, speech.waveform, speech.sample_rate)
        utterances.append(Utterance(str(number), "s", path, text, transcribe(text)))
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"no sound")
    utterances.append(Utterance("broken", "s", broken, "a cat", transcribe("a cat")))
    scorer = Scorer.from_pretrained()
    counts = run(scorer, utterances)
    assert counts["utterances_failed"] == 1
    assert counts["untouched"]["phones"] == sum(
        len(word.phones) for u in utterances[:2] for word in u.sentence
    )
    assert counts["substitution"]["probes"] == counts["omission"]["probes"] == 2
    for name in ("flagged", "abstained", "right_of_named", "right"):
        assert 0 <= counts["substitution"][name] <= 1
    with pytest.raises(InputError, match="None of the recordings"):
        run(scorer, utterances[2:])
