"""What ``voicecoach enroll`` says about a voice."""

from typing import TYPE_CHECKING

from voicecoach.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from voicecoach.conversion.enrolment import Outcome
    from voicecoach.conversion.profile import Profile


def progress(profile: "Profile") -> str:
    """How much there is, and how much is still wanted."""
    from voicecoach.conversion.profile import WANTED_SPEECH_S

    clips = len(profile.clips)
    missing_s = max(0.0, WANTED_SPEECH_S - profile.speech_s)
    there = f"{clips} clip{'' if clips == 1 else 's'}, {profile.speech_s:.0f} s of speech"
    if not missing_s:
        return f"{there}, which is enough."
    return f"{there} of the {WANTED_SPEECH_S:.0f} s wanted: {missing_s:.0f} s to go."


def finish(console: "Console", profile: "Profile") -> None:
    """Measures the voice, and says whether it can be used."""
    from voicecoach.conversion.converter import Converter

    console.print(f"{profile.name}: {progress(profile)}")
    try:
        profile.voiceprint(Converter.from_pretrained())
    except InputError as error:
        console.print(str(error))
        return
    console.print(
        f'The voice is ready. Hear it: voicecoach play "Nice to meet you." --voice {profile.name}',
        soft_wrap=True,
    )


def show(console: "Console", name: str) -> None:
    """What there is of a voice. Raises ``InputError`` where it is none, or damaged."""
    from voicecoach.conversion.folders import is_enrolled
    from voicecoach.conversion.profile import Profile

    if not is_enrolled(name):
        raise InputError(
            f"There is no voice '{name}' yet: give recordings with --wav, or --record 20 to read "
            "sentences into the microphone."
        )
    profile = Profile.open(name)
    console.print(f"{profile.name}: {progress(profile)}")
    console.print(
        f"Agreed on {profile.consent.when:%Y-%m-%d}: {profile.consent.agreed}", soft_wrap=True
    )
    console.print(f"It is in {profile.folder}.", soft_wrap=True)


def accepted(outcome: "Outcome") -> str:
    """How a recording of which something was kept went."""
    assert outcome.clip is not None
    if outcome.known:
        return "is there already."
    remarks = "".join(f" {problem.message}" for problem in outcome.problems)
    return f"accepted, {outcome.clip.speech_s:.1f} s of speech.{remarks}"
