"""A voice's test sentences as every system says them, side by side, for judges and listeners."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from voicecoach.audio import io
from voicecoach.audio.level import unclipped
from voicecoach.data.atomic import make_folder, replacing, write_json
from voicecoach.synthesis import acoustics, script
from voicecoach.synthesis.features import VoiceFolder, save
from voicecoach.synthesis.judging import WAV
from voicecoach.synthesis.symbols import SymbolSequence, encode
from voicecoach.synthesis.trained import TrainedVoice

NATURAL = "natural"
PREDICTED, STEPS, SPEED = "predicted", "steps.npy", "speed.json"

Waveforms = Iterator[tuple[str, np.ndarray]]


def predict(
    folder: VoiceFolder,
    voice: TrainedVoice,
    out: str | Path,
    progress: Callable[[int, int], None] | None = None,
) -> VoiceFolder:
    """What a voice would say in the place of each recording, with its natural durations.

    Args:
        folder: features of recordings.
        voice: measured in the same way.
        out: gets features of the same form, to be opened by ``features.load``.
        progress: called with (done, total).

    Raises:
        InputError: ``out`` cannot be written.
    """
    world, spectrum = [], []
    for index in range(len(folder.utterances)):
        found = voice.predict(sequence_of(folder, index), durations=folder.sentence(index)[:, 2])
        world.append(found.vocoded.stack().astype(np.float32))
        spectrum.append(found.log_magnitude.astype(np.float16))
        if progress is not None:
            progress(index + 1, len(folder.utterances))
    predicted = replace(folder, world=np.concatenate(world), spectrum=np.concatenate(spectrum))
    save(out, predicted)
    return predicted


def speak(
    folder: VoiceFolder,
    voices: Mapping[str, TrainedVoice],
    out: str | Path,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Writes every sentence by every system, with the voice's own durations where it speaks.

    Args:
        folder: features of recordings.
        voices: the same voice with different postfilters, by the name of the system.
        out: gets ``wav/<system>/<utterance>.flac``; ``speed.json``, the seconds of computing per
            second of sound; ``steps.npy``, how long the voice chooses every symbol to last.
        progress: called with (done, total).

    Raises:
        InputError: ``out`` cannot be written, or a recording cannot be read.
    """
    seconds: dict[str, list[float]] = {}
    steps, first = [], next(iter(voices.values()))
    for index, utterance in enumerate(folder.utterances):
        steps.append(first.predict(sequence_of(folder, index)).durations)
        started = time.perf_counter()
        for system, waveform in _versions(folder, voices, index):
            took = time.perf_counter() - started
            seconds.setdefault(system, []).append(took / (len(waveform) / first.sample_rate))
            path = make_folder(Path(out) / WAV / system) / f"{utterance.utt}.flac"
            io.save(path, unclipped(waveform), first.sample_rate)
            started = time.perf_counter()
        if progress is not None:
            progress(index + 1, len(folder.utterances))
    del seconds[NATURAL]
    write_json(Path(out) / SPEED, {system: float(np.median(s)) for system, s in seconds.items()})
    with replacing(Path(out) / STEPS) as temporary, temporary.open("wb") as file:
        np.save(file, np.concatenate(steps), allow_pickle=False)


def sequence_of(folder: VoiceFolder, index: int) -> SymbolSequence:
    """The symbols that an utterance was aligned with."""
    return encode(script.read(folder.utterances[index].text))


def _versions(folder: VoiceFolder, voices: Mapping[str, TrainedVoice], index: int) -> Waveforms:
    audio, rows = folder.spec.audio, folder.frames(index)
    first = next(iter(voices.values()))
    yield NATURAL, io.load(folder.utterances[index].wav, audio.sample_rate)
    yield "natural_world", first.vocode(folder.vocoded(index))
    spectrum = folder.spectrum[rows].astype(np.float32)
    yield "natural_griffin_lim", acoustics.from_log_magnitude(spectrum, audio)
    sequence = sequence_of(folder, index)
    for name, voice in voices.items():
        yield name, voice.sound(voice.predict(sequence))
    log_magnitude = first.predict(sequence).log_magnitude
    yield "voice_griffin_lim", acoustics.from_log_magnitude(log_magnitude, audio)
