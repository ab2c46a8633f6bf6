"""Test sentences by every postfilter and baseline, side by side, for judges and listeners."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from voicecoach.audio import io
from voicecoach.audio.level import unclipped
from voicecoach.data.atomic import make_folder, replacing, write_json
from voicecoach.postfilter import parametric
from voicecoach.postfilter.postfilter import Enhancer
from voicecoach.synthesis import acoustics
from voicecoach.synthesis.acoustics import Vocoded
from voicecoach.synthesis.features import VoiceFolder
from voicecoach.synthesis.judging import WAV

RECORDING, NATURAL, NONE = "recording", "natural", "none"
"""The recording; analysed and synthesised again; what the voice made, as it is."""
FEATURES, SPEED = "features", "speed.json"


def speak(
    natural: VoiceFolder,
    made: VoiceFolder,
    enhancers: Mapping[str, Enhancer],
    out: str | Path,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Writes sound and mel-cepstra of every system; all have the natural durations.

    Args:
        natural: features of recordings.
        made: what a voice says in their place.
        enhancers: by the name of the system.
        out: gets ``wav/<system>/<utterance>.flac``, ``features/<system>.npy`` (all frames,
            order + 1), and ``speed.json``: seconds of each enhancer per second of sound.
        progress: called with (done, total).

    Raises:
        InputError: ``out`` cannot be written, or a recording cannot be read.
    """
    spec, out = natural.spec, Path(out)
    rows: dict[str, list[np.ndarray]] = {}
    seconds: dict[str, list[float]] = {name: [] for name in enhancers}
    for index, utterance in enumerate(natural.utterances):
        own, other = (
            Vocoded.unstack(np.array(f.world[f.frames(index)], np.float64), spec.order)
            for f in (natural, made)
        )
        n_samples = len(own.mcep) * spec.audio.hop_length
        systems = {NATURAL: own, NONE: other}
        for name, enhancer in enhancers.items():
            started = time.perf_counter()
            systems[name] = parametric.enhance(other, enhancer, seed=index)
            took = time.perf_counter() - started
            seconds[name].append(took * spec.audio.sample_rate / n_samples)
        sounds = {RECORDING: io.load(utterance.wav, spec.audio.sample_rate)}
        for name, vocoded in systems.items():
            rows.setdefault(name, []).append(vocoded.mcep.astype(np.float32))
            sounds[name] = acoustics.synthesise(vocoded, spec.audio, n_samples)
        for name, waveform in sounds.items():
            path = make_folder(out / WAV / name) / f"{utterance.utt}.flac"
            io.save(path, unclipped(waveform), spec.audio.sample_rate)
        if progress is not None:
            progress(index + 1, len(natural.utterances))
    for name, mcep in rows.items():
        with replacing(out / FEATURES / f"{name}.npy") as path, path.open("wb") as file:
            np.save(file, np.concatenate(mcep), allow_pickle=False)
    write_json(out / SPEED, {name: float(np.median(s)) for name, s in seconds.items()})
