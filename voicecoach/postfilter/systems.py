"""Test sentences by every postfilter and baseline, side by side, for judges and listeners."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from voicecoach import config
from voicecoach.audio import io
from voicecoach.audio.level import unclipped
from voicecoach.data.atomic import make_folder, replacing, write_json
from voicecoach.postfilter import kinds
from voicecoach.postfilter.model import PostfilterModelSpec
from voicecoach.postfilter.postfilter import Enhancer
from voicecoach.synthesis import acoustics
from voicecoach.synthesis.features import VoiceFolder
from voicecoach.synthesis.judging import WAV

RECORDING, NATURAL, NONE = "recording", "natural", "none"
"""The recording; analysed and synthesised again; what the voice made, as it is."""
FEATURES, SPEED, SPEC = "features", "speed.json", "postfilter.yaml"


def speak(
    natural: VoiceFolder,
    made: VoiceFolder,
    enhancers: Mapping[str, Enhancer],
    spec: PostfilterModelSpec,
    out: str | Path,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Writes sound and features of every system; all have the natural durations.

    Args:
        natural: features of recordings.
        made: what a voice says in their place.
        enhancers: by the name of the system.
        spec: of what kind they are.
        out: gets ``wav/<system>/<utterance>.flac``; ``features/<system>.npy``, the rows that
            postfilters of this kind change, of all utterances; ``speed.json``, the seconds of each
            enhancer per second of sound; ``postfilter.yaml``.
        progress: called with (done, total).

    Raises:
        InputError: ``out`` cannot be written, or a recording cannot be read.
    """
    audio, out, kind = natural.spec.audio, make_folder(out), kinds.of(spec)
    rows: dict[str, list[np.ndarray]] = {}
    seconds: dict[str, list[float]] = {name: [] for name in enhancers}
    for index, utterance in enumerate(natural.utterances):
        rows.setdefault(NATURAL, []).append(kind.recorded(natural, index))
        own = natural.vocoded(index)
        n_samples = len(own.mcep) * audio.hop_length
        sounds = {
            RECORDING: io.load(utterance.wav, audio.sample_rate),
            NATURAL: acoustics.synthesise(own, audio, n_samples),
        }
        for name, enhancer in {NONE: None, **enhancers}.items():
            said = kind.say(natural, made, index, enhancer)
            rows.setdefault(name, []).append(said.rows)
            sounds[name] = said.sound
            if enhancer is not None:
                seconds[name].append(said.seconds * audio.sample_rate / n_samples)
        for name, waveform in sounds.items():
            path = make_folder(out / WAV / name) / f"{utterance.utt}.flac"
            io.save(path, unclipped(waveform), audio.sample_rate)
        if progress is not None:
            progress(index + 1, len(natural.utterances))
    for name, each in rows.items():
        with replacing(out / FEATURES / f"{name}.npy") as path, path.open("wb") as file:
            np.save(file, np.concatenate(each).astype(np.float32), allow_pickle=False)
    write_json(out / SPEED, {name: float(np.median(s)) for name, s in seconds.items()})
    config.dump(spec, out / SPEC)
