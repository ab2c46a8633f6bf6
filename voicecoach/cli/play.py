"""``voicecoach play``: a recording, or a text by a voice, on the loudspeaker."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voicecoach.cli.options import Backend, Device, PostfilterName, VoiceName

if TYPE_CHECKING:
    import numpy as np

_PLAY_HZ = 48_000  # what loudspeakers take; nothing of a recording is lost on the way
_SUFFIXES = (".aif", ".aiff", ".au", ".flac", ".m4a", ".mp3", ".oga", ".ogg", ".opus", ".wav")


def play(
    what: Annotated[
        str,
        typer.Argument(metavar="FILE|TEXT", help="A recording, or an English text to speak."),
    ],
    device: Device = None,
    rate: Annotated[
        float, typer.Option(help="Pace, 0.5 (slow) to 2.0 (fast); the pitch stays.")
    ] = 1.0,
    voice: VoiceName = "reference",
    postfilter: PostfilterName = "auto",
    backend: Backend = None,
) -> None:
    """Play a recording, or have a voice speak a text.

    \b
    voicecoach play take1.wav
    voicecoach play take1.wav --rate 0.8
    voicecoach play "Think of three things." --rate 0.8
    voicecoach play "Think of three things." --voice kathleen
    voicecoach play "Think of three things." --voice anna  # see voicecoach enroll
    voicecoach play take1.wav --device headphones

    What is no file and does not look like a file name is taken for a text. Ctrl-C stops it.
    """
    from voicecoach.audio import player

    if _is_a_file(what) or _looks_like_a_file(what):
        waveform, sample_rate = _load(Path(what), rate)
    else:
        from voicecoach.conversion import voices

        speech = voices.load(voice, postfilter).speak(what, rate=rate)
        waveform, sample_rate = speech.waveform, speech.sample_rate
    player.play(waveform, sample_rate, device, backend)


def _is_a_file(what: str) -> bool:
    try:
        return Path(what).is_file()
    except (OSError, ValueError):  # a long text is no name, nor is one with a null character
        return False


def _looks_like_a_file(what: str) -> bool:
    """Whether it is a name such as "take 1.wav" or "takes/first", but not "Is it?" or "either"."""
    if Path(what).suffix.lower() in _SUFFIXES:
        return True
    return not re.search(r"\s", what) and bool(re.search(r"[/\\]|.\.\w{1,5}$", what))


def _load(path: Path, rate: float) -> "tuple[np.ndarray, int]":
    from voicecoach.audio.io import load
    from voicecoach.synthesis.voice import check_rate

    check_rate(rate)
    waveform = load(path, _PLAY_HZ)
    if rate != 1.0:
        from voicecoach.audio.stretch import stretch

        waveform = stretch(waveform, _PLAY_HZ, rate)
    return waveform, _PLAY_HZ
