"""Sentences never trained on by every system, side by side, for judges."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voicecoach.audio import io
from voicecoach.audio.level import unclipped
from voicecoach.conversion import frames
from voicecoach.conversion.converter import Converter
from voicecoach.conversion.pairs import STRIDE
from voicecoach.conversion.speakers import held_sentences
from voicecoach.conversion.voiceprint import Voiceprint
from voicecoach.data.atomic import make_folder, replacing, write_json
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.synthesis.judging import WAV

RECORDING, RESYNTHESIS = "recording", "resynthesis"
"""The learner; analysed and synthesised again."""
REFERENCE, SOURCE = "reference", "source"
"""What is converted: the reference voice, or recordings of a source speaker in its place."""
PACED, NATIVE = "personalised", "nativised"
"""By the first converter: the reference voice at the learner's pace; the learner's take made
native. Both only where the reference voice is converted, and all other systems keep its pace."""
VTLN, PACED_VTLN = "vtln", "vtln_personalised"
"""The baseline, and the same at the learner's pace."""
MCEP, SPEED, ENROLLED = "mcep", "speed.json", "enrolled.json"
ENROLMENT_S = 60.0


@dataclass(frozen=True, eq=False)
class Learner:
    """Whose utterances enrol, and which are converted."""

    speaker: str
    enrolment: tuple[Utterance, ...]
    test: tuple[Utterance, ...]


def learners(
    utterances: Sequence[Utterance], speakers: set[str], n_sentences: int
) -> list[Learner]:
    """The first sentences of each speaker, at most half of them, are converted, and about a minute
    of the others enrols.

    Raises:
        InputError: a speaker has only one sentence.
    """
    found = []
    for speaker in sorted(speakers):
        own = [u for u in sorted(utterances, key=lambda u: u.utt) if u.speaker == speaker]
        enrolment, seconds = [], 0.0
        n_test = min(n_sentences, len(own) // 2)
        if not n_test:
            raise InputError(f"Speaker {speaker} has one sentence: another is needed to enrol.")
        for utterance in own[n_test:]:
            if seconds < ENROLMENT_S:
                enrolment.append(utterance)
                seconds += len(io.load(utterance.wav, frames.SAMPLE_RATE)) / frames.SAMPLE_RATE
        found.append(Learner(speaker, tuple(enrolment), tuple(own[:n_test])))
    return found


def lone(utterances: Sequence[Utterance], n_sentences: int) -> Learner:
    """One speaker: the first sentences of those held out are converted, all not held out enrol.

    Raises:
        InputError: one of the two groups is empty.
    """
    held = held_sentences([u.utt for u in utterances])
    test = tuple(u for u in utterances if u.utt in held)[:n_sentences]
    enrolment = tuple(u for u in utterances if u.utt not in held)
    if not test or not enrolment:
        raise InputError(
            f"{len(utterances)} sentences of one speaker are too few to hold some out."
        )
    return Learner(utterances[0].speaker, enrolment, test)


def speak(
    found: Sequence[Learner],
    converters: Mapping[str, Converter],
    out: str | Path,
    progress: Callable[[int, int], None] | None = None,
    source: Mapping[str, Path] | None = None,
) -> None:
    """Writes every test sentence by every system.

    Args:
        found: of ``learners`` or ``lone``.
        converters: by the name of the system; the first one also makes learners native.
        out: gets ``wav/<system>/<utterance>.flac``; ``mcep/<system>.npz``, what converters make of
            what is converted every 10 ms; ``speed.json``, their seconds of computing per second
            of sound; ``enrolled.json``, speaker to enrolment.
        progress: called with (done, total).
        source: recording of each test sentence by a source speaker, converted in place of the
            reference voice; the pace stays, and nobody is made native.

    Raises:
        InputError: ``out`` cannot be written, or a recording cannot be used.
    """
    out = Path(out)
    base = REFERENCE if source is None else SOURCE
    mcep: dict[str, dict[str, np.ndarray]] = {name: {} for name in (base, *converters)}
    timed = converters if source is not None else (NATIVE, *converters)
    seconds: dict[str, list[float]] = {name: [] for name in timed}
    done, total = 0, sum(len(learner.test) for learner in found)
    for learner in found:
        recordings = [(io.load(u.wav, frames.SAMPLE_RATE), u.text) for u in learner.enrolment]
        voiceprint = Voiceprint.measure(recordings)
        for utterance in learner.test:
            for name, waveform in _versions(
                utterance, voiceprint, converters, mcep, seconds, source
            ):
                path = make_folder(out / WAV / name) / f"{utterance.utt}.flac"
                io.save(path, unclipped(waveform), frames.SAMPLE_RATE)
            done += 1
            if progress is not None:
                progress(done, total)
    for name, rows in mcep.items():
        with replacing(make_folder(out / MCEP) / f"{name}.npz") as path, path.open("wb") as file:
            np.savez_compressed(file, **rows)
    write_json(out / SPEED, {name: float(np.median(values)) for name, values in seconds.items()})
    write_json(out / ENROLLED, {x.speaker: [str(u.wav) for u in x.enrolment] for x in found})


def _versions(
    utterance: Utterance,
    voiceprint: Voiceprint,
    converters: Mapping[str, Converter],
    mcep: dict[str, dict[str, np.ndarray]],
    seconds: dict[str, list[float]],
    source: Mapping[str, Path] | None,
) -> Iterator[tuple[str, np.ndarray]]:
    recording = io.load(utterance.wav, frames.SAMPLE_RATE)
    first = next(iter(converters.values()))
    if source is None:
        base, native = REFERENCE, first.reference_speech(utterance.sentence)
    else:
        base, native = SOURCE, io.load(source[utterance.utt], frames.SAMPLE_RATE)
    yield RECORDING, recording
    yield RESYNTHESIS, frames.resynthesise(recording)
    yield base, native
    spoken = frames.analyse(native)
    mcep[base][utterance.utt] = spoken.mcep[::STRIDE].astype(np.float16)
    for name, converter in converters.items():
        started = time.perf_counter()
        made = converter.personalise(native, voiceprint, rhythm=0.0)
        took = time.perf_counter() - started
        seconds[name].append(took * frames.SAMPLE_RATE / len(made))
        rows = converter.way.convert(spoken, converter.reference, voiceprint)
        mcep[name][utterance.utt] = rows[::STRIDE].astype(np.float16)
        yield name, made
    if source is not None:
        return
    yield PACED, first.speak(utterance.sentence, voiceprint).waveform
    if VTLN in converters:
        yield PACED_VTLN, converters[VTLN].speak(utterance.sentence, voiceprint).waveform
    started = time.perf_counter()
    made = first.nativise(recording, utterance.sentence, voiceprint)
    seconds[NATIVE].append((time.perf_counter() - started) * frames.SAMPLE_RATE / len(made))
    yield NATIVE, made
