import json
from dataclasses import replace

import jsonschema
import numpy as np
import pytest

from voicecoach.coaching.export import schema, to_json
from voicecoach.coaching.results import Contour
from voicecoach.scoring import export as scoring


def reread(coaching) -> dict:
    return json.loads(json.dumps(to_json(coaching, "a.wav"), allow_nan=False))


def test_schema_is_itself_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_every_feedback_is_valid_json_of_the_schema(made) -> None:
    found = reread(made.coaching)
    jsonschema.validate(found, schema())
    assert found["Score"] == scoring.to_json(made.coaching.score, "a.wav")
    assert found["FlaggedCount"] == made.coaching.n_flagged
    assert len(found["Sounds"]) == len(made.coaching.phones)
    assert len(found["Durations"]) == sum(len(word.phones) for word in made.coaching.score.words)


def test_instructions_point_at_their_arrows(make, flaws) -> None:
    coaching = make("I think so", flaws).coaching
    (sound,) = reread(coaching)["Sounds"]
    assert [item["Text"] for item in sound["Instructions"]] == [
        "tongue between your teeth: hiss 6200 -> 5100 Hz",
        "hold it longer: 70 -> 120 ms",
    ]
    assert [item["Arrows"] for item in sound["Instructions"]] == [[0], [2]]
    assert [arrow["Told"] for arrow in sound["Arrows"]] == [True, False, True]
    assert sound["Arrows"][0] == {
        "Quantity": "centre", "Unit": "Hz", "At": "middle", "Before": 6200.0, "After": 5100.0,
        "Strength": 2.0, "Told": True,
    }  # fmt: skip
    assert sound["Change"]["EnvelopeDb"] == [[1.5] * 3] * 4


def test_frames_without_voice_are_null(make) -> None:
    coaching = make("I think so", {}).coaching
    contour = Contour(np.array([0.0, 10.0]), np.array([np.nan, 1.23456]))
    found = reread(replace(coaching, contour=contour))
    assert found["Pitch"] == {"TimesMs": [0.0, 10.0], "Semitones": [None, 1.235]}
    assert reread(replace(coaching, contour=None))["Pitch"] is None


@pytest.mark.parametrize("damage", ["Score", "FlaggedCount", "Sounds", "Speaker", "Pitch"])
def test_schema_refuses_a_result_without(make, damage: str) -> None:
    found = reread(make("I think so", {}).coaching)
    del found[damage]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, schema())


def test_schema_refuses_wrong_values(make, flaws) -> None:
    good = reread(make("I think so", flaws).coaching)

    def damaged(change) -> dict:
        copy = json.loads(json.dumps(good))
        change(copy)
        return copy

    for change in (
        lambda found: found["Score"].update(PronScore=101),
        lambda found: found["Score"]["Words"][0]["Phonemes"][0].update(Phoneme="XX"),
        lambda found: found["Sounds"].extend(found["Sounds"] * 3),
        lambda found: found["Sounds"][0]["Arrows"][0].update(Quantity="f9"),
        lambda found: found["Sounds"][0].update(Instructions=[]),
        lambda found: found.update(More=1),
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(damaged(change), schema())
