"""Feedback as JSON."""

import json
from importlib.resources import files
from typing import Any

import numpy as np

from voicecoach.coaching.instructions import caution, describe, instruct, introduce
from voicecoach.coaching.results import Arrow, Change, Coaching, Contour, PhoneFeedback
from voicecoach.scoring import export as scoring

_DECIMALS = {"Hz": 1, "ms": 1, "%": 1, "dB": 2}


def to_json(coaching: Coaching, file: str | None = None) -> dict[str, Any]:
    """Everything that the coach says, with names like those of the score inside.

    ``Score`` is what ``voicecoach score --json`` prints. ``Word`` and ``Phoneme`` count from 0 in
    its ``Words`` and their ``Phonemes``. Units stand in the names. The form is described by
    ``schema()``.

    Args:
        coaching: what the coach returned.
        file: the recording's name.
    """
    speaker = coaching.speaker
    return {
        "Score": scoring.to_json(coaching.score, file),
        "FlaggedCount": coaching.n_flagged,
        "Introduction": introduce(coaching),
        "Caution": caution(coaching),
        "Speaker": {
            "FormantScale": round(float(speaker.formant_scale), 4),
            "FormantScaleError": round(float(speaker.formant_scale_error), 4),
            "Rate": round(float(speaker.rate), 3),
            "Sure": bool(speaker.sure),
        },
        "Sounds": [_sound(coaching, feedback) for feedback in coaching.phones],
        "Durations": [
            {
                "Word": item.word,
                "Phoneme": item.phone,
                "SaidMs": round(float(item.said_ms), 1),
                "LowMs": round(float(item.low_ms), 1),
                "HighMs": round(float(item.high_ms), 1),
            }
            for item in coaching.durations
        ],
        "NativeVowels": [
            {
                "Phoneme": region.phone,
                "F1Hz": round(float(region.f1_hz), 1),
                "F2Hz": round(float(region.f2_hz), 1),
                "LogCovariance": [[round(float(x), 6) for x in row] for row in region.covariance],
            }
            for region in coaching.vowels
        ],
        "OtherVowels": [
            {"Phoneme": phone, "F1Hz": round(float(f1), 1), "F2Hz": round(float(f2), 1)}
            for phone, f1, f2 in coaching.f1_f2_said
        ],
        "Pitch": None if coaching.contour is None else _pitch(coaching.contour),
    }


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of ``to_json``, with that of the score inside."""
    path = files("voicecoach.coaching") / "schema" / "feedback.schema.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    found["$defs"]["scoreSchema"] = scoring.schema()
    return found


def _sound(coaching: Coaching, feedback: PhoneFeedback) -> dict[str, Any]:
    instructions = instruct(feedback, coaching.speaker.sure)
    told = [arrow for item in instructions for arrow in item.arrows]
    return {
        "Word": feedback.word,
        "Phoneme": feedback.phone,
        "WordText": feedback.word_text,
        "Stress": feedback.stress,
        "Canonical": feedback.said.phone,
        "Realised": feedback.said.realised,
        "Confidence": round(float(feedback.said.confidence), 3),
        "LeftOut": feedback.left_out,
        "SaidMs": [round(float(ms), 1) for ms in feedback.said.sound_ms],
        "Description": describe(coaching, feedback),
        "Instructions": [
            {
                "Text": item.text,
                "Sure": item.sure,
                "Arrows": [feedback.arrows.index(arrow) for arrow in item.arrows],
            }
            for item in instructions
        ],
        "Arrows": [_arrow(arrow, arrow in told) for arrow in feedback.arrows],
        "SaidHz": [
            {"At": at, "F1Hz": round(float(f1), 1), "F2Hz": round(float(f2), 1)}
            for at, f1, f2 in feedback.f1_f2_said
        ],
        "Change": None if feedback.change is None else _change(feedback.change),
    }


def _arrow(arrow: Arrow, told: bool) -> dict[str, Any]:
    decimals = _DECIMALS[arrow.unit]
    return {
        "Quantity": arrow.quantity,
        "Unit": arrow.unit,
        "At": arrow.at,
        "Before": round(float(arrow.before), decimals),
        "After": round(float(arrow.after), decimals),
        "Strength": round(float(arrow.strength), 3),
        "Told": told,
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "BandHz": np.round(change.band_hz, 1).tolist(),
        "EnvelopeDb": np.round(change.envelope_db, 2).tolist(),
        "DurationRatio": round(float(change.duration_ratio), 4),
        "PitchCents": round(float(change.pitch_cents), 1),
        "Voicing": None if change.voicing is None else round(float(change.voicing), 3),
    }


def _pitch(contour: Contour) -> dict[str, Any]:
    return {
        "TimesMs": np.round(contour.times_ms, 1).tolist(),
        "Semitones": [
            round(value, 3) if np.isfinite(value) else None for value in contour.semitones.tolist()
        ],
    }
