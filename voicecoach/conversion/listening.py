"""What judges hear: voices, naturalness, words and phones of every system."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from voicecoach.audio import io
from voicecoach.conversion.frames import SAMPLE_RATE
from voicecoach.conversion.systems import REFERENCE, SOURCE
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.metrics import judges
from voicecoach.metrics.listener import Listener
from voicecoach.synthesis.judging import WAV
from voicecoach.text.phones import PHONE_INDEX

Sums = dict[str, dict[str, np.ndarray]]
"""By system and measure: (n_groups, 2), what each group adds above and below the line."""


def listen(
    spoken: Path,
    groups: dict[str, list[Utterance]],
    enrolled: dict[str, list[str]],
    progress: Callable[[int, int], None] | None,
) -> tuple[Sums, list[str]]:
    """What judges hear; without one that is not installed.

    Args:
        spoken: what ``systems.speak`` wrote.
        groups: sentences that count together, of one speaker.
        enrolled: recordings of each speaker.
        progress: called with (done, total).

    Returns:
        Sums; why a judge is missing.
    """
    names = sorted(path.name for path in (spoken / WAV).iterdir())
    present, missing = {}, []
    for judge in (judges.NaturalnessJudge, judges.VoiceJudge, judges.WordJudge, Listener):
        try:
            present[judge] = judge()
        except InputError as error:
            missing.append(str(error))

    def load(system: str, utterance: Utterance) -> np.ndarray:
        return io.load(spoken / WAV / system / f"{utterance.utt}.flac", SAMPLE_RATE)

    base, voice = converted(spoken), present.get(judges.VoiceJudge)
    reference = np.zeros(0)
    if voice is not None:
        heard = [voice.embed(load(base, u)) for own in groups.values() for u in own]
        reference = _unit(np.mean(heard, axis=0))
        learners = {
            speaker: _unit(np.mean([voice.embed(io.load(p, SAMPLE_RATE)) for p in paths], axis=0))
            for speaker, paths in enrolled.items()
        }
    rows: dict[str, dict[str, list]] = {name: {} for name in names}
    for done, own in enumerate(groups.values(), start=1):
        for name in names:
            waveforms = [load(name, utterance) for utterance in own]
            values: dict[str, list[tuple[float, float]]] = {}
            for waveform, utterance in zip(waveforms, own, strict=True):
                if judge := present.get(judges.NaturalnessJudge):
                    values.setdefault("naturalness", []).append((judge.opinion(waveform), 1))
                if voice is not None:
                    embedding = voice.embed(waveform)
                    aims = {"learner": learners[utterance.speaker], base: reference}
                    for name_of, aim in aims.items():
                        values.setdefault(f"to_{name_of}", []).append((float(embedding @ aim), 1))
                if judge := present.get(judges.WordJudge):
                    errors = judge.errors(waveform, utterance.text)
                    values.setdefault("word_error_rate", []).append(errors)
                if judge := present.get(Listener):
                    phones = [PHONE_INDEX[p] for word in utterance.sentence for p in word.phones]
                    errors = judge.errors(waveform, phones)
                    values.setdefault("phone_error_rate", []).append(errors)
            for measure, each in values.items():
                rows[name].setdefault(measure, []).append(np.sum(each, axis=0))
        if progress is not None:
            progress(done, len(groups))
    return {n: {m: np.array(x) for m, x in columns.items()} for n, columns in rows.items()}, missing


def converted(spoken: Path) -> str:
    """What was converted there: the reference voice, or the source speaker."""
    return SOURCE if (spoken / WAV / SOURCE).is_dir() else REFERENCE


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)
