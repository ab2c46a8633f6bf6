import numpy as np
import pytest

from voicecoach.errors import InputError
from voicecoach.scoring.placing import place
from voicecoach.text.phones import PHONE_INDEX, PHONES
from voicecoach.text.sentence import Word

SENTENCE = (
    Word("we", ("W", "IY"), (0, 1)),
    Word("want", ("W", "AA", "N", "T"), (0, 1, 0, 0)),
    Word("to", ("T", "UW"), (0, 1), (("T", "AH"),)),
    Word("see", ("S", "IY"), (0, 1)),
)


def hear(text: str) -> np.ndarray:
    """Frames in which each phone of the text is nearly certain for 80 ms; "-" is silence."""
    path = [PHONE_INDEX.get(phone, len(PHONES)) for phone in text.split() for _ in range(8)]
    probabilities = np.full((len(path), len(PHONES) + 1), 1e-4)
    probabilities[np.arange(len(path)), path] = 1.0
    return np.log(probabilities / probabilities.sum(1, keepdims=True))


def test_everything_as_asked():
    found = place(hear("- W IY W AA N T T UW S IY -"), SENTENCE, variants=True)
    assert found.sentence == SENTENCE
    assert found.extras == []
    assert (found.omission_gains < 0).all()
    np.testing.assert_array_equal(found.segments, found.lenient_segments)
    assert found.segments[0].tolist() == [8, 16]


def test_a_variant_an_omission_an_extra_and_a_wrong_phone():
    weak = place(hear("- W IY W AA N T T AH S IY -"), SENTENCE, variants=True)
    assert weak.sentence[2].phones == ("T", "AH")
    asked = place(hear("- W IY W AA N T T AH S IY -"), SENTENCE, variants=False)
    assert asked.sentence == SENTENCE
    missing = place(hear("- W IY T UW S IY -"), SENTENCE, variants=True)
    assert missing.omission_gains.argmax() == 1
    extra = place(hear("- W IY W AA N T - B AE D D - T UW S IY -"), SENTENCE, variants=True)
    assert [one.before for one in extra.extras] == [2]
    wrong = place(hear("- W IY W AA N T T UW TH IY -"), SENTENCE, variants=True)
    assert wrong.lenient_segments[8].tolist() == [72, 80]
    assert len(wrong.words) == 4


def test_too_short_for_the_sentence():
    with pytest.raises(InputError, match="too short"):
        place(hear("W IY"), SENTENCE, variants=True)
