"""``voicecoach record``: from the microphone into a file."""

import sys
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voicecoach.cli.keys import Keys
from voicecoach.cli.meter import Meter
from voicecoach.cli.options import EXIT_SOME_FAILED, Backend, Device, warn
from voicecoach.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    from voicecoach.audio.recorder import Recording


def record(
    out: Annotated[
        Path, typer.Argument(metavar="OUT.WAV", help="File to write: .wav or .flac, mono.")
    ],
    seconds: Annotated[
        float | None,
        typer.Option(min=0.1, help="Stop after this time.", show_default=False),
    ] = None,
    device: Device = None,
    backend: Backend = None,
    sample_rate: Annotated[
        int, typer.Option(min=8000, max=192_000, metavar="HZ", help="Of the file.")
    ] = 16_000,
) -> None:
    """Record from the microphone until Enter, Ctrl-C, or --seconds have passed.

    \b
    voicecoach record take1.wav
    voicecoach record take1.wav --seconds 5
    voicecoach record take1.flac --device headset --sample-rate 48000

    What was recorded is written in any case, also if the microphone goes away; then the exit
    code is 3.
    """
    from voicecoach.audio.recorder import Recorder, collect, signals_call

    _check_writable(out)
    with (
        Keys() as keys,
        Recorder(sample_rate, device, backend) as recorder,
        signals_call(recorder.stop),
    ):
        watch = _Watch(sample_rate, keys)
        recording = collect(recorder, seconds, watch.show)
        watch.end()
        written = _save(out, recording)
    duration_s = len(recording.waveform) / sample_rate
    warn(f"Wrote {written} ({duration_s:.1f} s, by {recorder.backend}).")
    _warn_of_level(recording.waveform)
    if recording.gaps:
        warn(f"The machine was too busy: sound is missing in {recording.gaps} places.")
    if recording.lost is not None:
        warn(f"The microphone went away ({recording.lost}): the recording ends there.")
    if recording.lost is not None or written != out:
        raise typer.Exit(EXIT_SOME_FAILED)


def _check_writable(path: Path) -> None:
    """Refuses a file that cannot be written, before anything is spoken."""
    import numpy as np

    from voicecoach.audio.io import save

    if path.is_dir():
        raise InputError(f"{path} is a folder: give the name of a file in it.")
    if not path.parent.is_dir():
        raise InputError(f"There is no folder {path.parent}: make it first.")
    probe = path.with_name(f".{uuid.uuid4().hex}{path.suffix}")
    try:
        save(probe, np.zeros(1), 16_000)
    except InputError as error:
        raise InputError(str(error).replace(str(probe), str(path))) from error
    probe.unlink()


def _save(path: Path, recording: "Recording") -> Path:
    """Writes it there or, should that have become impossible meanwhile, somewhere else."""
    from voicecoach.audio.io import save

    try:
        save(path, recording.waveform, recording.sample_rate)
    except InputError as error:
        warn(f"voicecoach: {error}")
        path = Path(tempfile.mkdtemp(prefix="voicecoach-")) / path.name
        save(path, recording.waveform, recording.sample_rate)
    return path


def _warn_of_level(waveform: "np.ndarray") -> None:
    from voicecoach.audio.level import measure

    level = measure(waveform)
    if level.is_silent:
        warn(
            f"It is silent (peak {-level.peak_db:.0f} dB below full scale): check that the "
            "microphone is the right one, turned up and not muted."
        )
    elif level.is_clipped:
        share = level.n_clipped / len(waveform)
        warn(
            f"It is clipped ({level.n_clipped} samples at full scale, {share:.2%}): turn the "
            "microphone down, or move away from it."
        )


class _Watch:
    """Looks at what is recorded: a level meter on standard error, and the Enter key."""

    def __init__(self, sample_rate: int, keys: Keys) -> None:
        self._sample_rate = sample_rate
        self._n_samples = 0
        self._meter = Meter(sys.stderr)
        self._keys = keys

    def show(self, block: "np.ndarray") -> bool:
        """Shows the level of (n_samples,) float; True once Enter was pressed."""
        if not self._n_samples:
            warn(f"Recording: {'Enter or ' if self._keys.interactive else ''}Ctrl-C ends it.")
        self._n_samples += len(block)
        self._meter.show(block, self._n_samples / self._sample_rate)
        return self._keys.pressed("enter")

    def end(self) -> None:
        """Takes the meter away."""
        self._meter.end()
