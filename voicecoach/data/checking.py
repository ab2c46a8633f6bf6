"""Whether an utterance of a data folder can be used, told by the header of its recording."""

from voicecoach.data.utterance import Utterance

SHORTEST_PHONE_MS = 20.0
"""Mean duration per phone below which nobody can have spoken a sentence."""


def check(utterance: Utterance, max_duration_s: float) -> tuple[float, str | None]:
    """Looks at one recording without decoding it.

    Returns:
        Its duration in seconds (0 where that is unknown), and what is wrong with it, or None.
    """
    import soundfile

    path = utterance.wav
    if not path.is_file():
        return 0.0, f"there is no file {path}"
    if path.stat().st_size == 0:
        return 0.0, f"{path} is empty (0 bytes)"
    try:
        info = soundfile.info(path)
    except (soundfile.LibsndfileError, RuntimeError, TypeError, OSError) as error:
        return 0.0, f"{path} cannot be read as sound ({' '.join(str(error).split())})"
    if info.frames <= 0:
        return 0.0, f"{path} holds no samples"
    duration_s = info.frames / info.samplerate
    if duration_s > max_duration_s:
        return duration_s, f"{path} is {duration_s:.1f} s long, more than {max_duration_s:g} s"
    n_phones = sum(len(word.phones) for word in utterance.sentence)
    if duration_s * 1000.0 < n_phones * SHORTEST_PHONE_MS:
        return duration_s, f"{path} is too short ({duration_s:.2f} s) for {n_phones} phones"
    return duration_s, None
