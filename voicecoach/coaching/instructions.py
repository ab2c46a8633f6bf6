"""What to do about a sound, in body terms, from its arrows."""

from dataclasses import dataclass, replace

from voicecoach.coaching.gestures import (
    ARTICULATIONS,
    BREATHE_IT,
    DOWN,
    OPPOSITES,
    UP,
    VOICE_IT,
    VOICE_PAIRS,
    Gesture,
    contrast,
    gesture,
)
from voicecoach.coaching.results import FORMANTS, Arrow, Coaching, PhoneFeedback
from voicecoach.scoring.results import DELETED
from voicecoach.scoring.wording import describe_phone

NAMES = {
    "f1": "F1",
    "f2": "F2",
    "f3": "F3",
    "duration": "length",
    "closure": "closure",
    "voicing": "voice",
    "level": "loudness",
    "centre": "hiss",
}
"""What a learner reads for a quantity."""

# Formants: 0.28 bark in running sentences (Kewley-Port and Zheng, J. Acoust. Soc. Am. 106, 1999),
# 3 to 5 % (Flanagan, ibid. 27, 1955). Durations: 20 % and more serve as cues in sentences (Klatt,
# ibid. 59, 1976). Noise: no limen for running speech is known to us; twice that of formants, far
# less than from s to ʃ (6.1 to 4.2 kHz: Jongman, Wayland and Wong, ibid. 108, 2000).
_AUDIBLE_SHARE = {
    "f1": 0.05,
    "f2": 0.05,
    "f3": 0.05,
    "duration": 0.2,
    "closure": 0.2,
    "centre": 0.1,
}
# In the arrow's unit. Durations are measured in frames of 10 ms. Level: 3 dB for a part of the
# spectrum (Flanagan, J. Speech Hear. Disord. 22, 1957). Voicing: what decides is an interval
# without voice of 60 ms (Stevens et al., J. Acoust. Soc. Am. 91, 1992), and a fifth of a long
# consonant changes it by 20 to 30 ms.
_AUDIBLE_STEP = {"duration": 10.0, "closure": 10.0, "voicing": 20.0, "level": 3.0}
_STEPS = {"Hz": 10, "ms": 5, "dB": 1, "%": 5}  # finer numbers would pretend
_PLACE = {*FORMANTS, "centre"}


@dataclass(frozen=True)
class Instruction:
    """One thing to do.

    ``words`` say it in body terms, ``arrows`` are what it comes from: none where it says how the
    sound is made in general, several where one movement does for all. ``sure`` is False where the
    numbers are not to be believed; then ``text`` has none.
    """

    words: str
    arrows: tuple[Arrow, ...] = ()
    sure: bool = True

    @property
    def text(self) -> str:
        """Such as ``tongue further forward: F2 1650 -> 1980 Hz``."""
        return self._with_numbers("{name}{before} -> {after} {unit}")

    @property
    def sentence(self) -> str:
        """The same without signs: ``Tongue further forward: F2 from 1650 to 1980 Hz.``"""
        text = self._with_numbers("{name}from {before} to {after} {unit}")
        return f"{text[0].upper()}{text[1:]}."

    def _with_numbers(self, form: str) -> str:
        if not self.sure:
            return f"perhaps: {self.words}"
        numbers = ", ".join(
            form.format(
                name="" if arrow.quantity == "duration" else f"{NAMES[arrow.quantity]} ",
                before=rounded(arrow.before, arrow.unit),
                after=rounded(arrow.after, arrow.unit),
                unit=arrow.unit,
            )
            for arrow in self.arrows
        )
        return f"{self.words}: {numbers}" if numbers else self.words


def instruct(feedback: PhoneFeedback, sure: bool = True) -> tuple[Instruction, ...]:
    """What to do about one sound, the most important first; at least one instruction.

    Arrows too small to be heard say nothing, nor do those that the body cannot be told to follow,
    or that ask for the opposite of a longer arrow (forward and back, rounded and spread). Arrows
    that ask for the same movement are one instruction. Where the sound heard instead differs by
    place or manner and no arrow says so, that comes first.

    Args:
        feedback: of the coach.
        sure: ``Speaker.sure``; without it formants give directions, but no numbers.
    """
    phone, heard = feedback.said.phone, feedback.said.realised
    if heard == DELETED:
        return (Instruction(f"say it: {ARTICULATIONS[phone]}; play the reference to hear it"),)
    taken: list[tuple[Gesture, Instruction]] = []
    for arrow in sorted(feedback.arrows, key=lambda arrow: -arrow.strength):
        way = UP if arrow.after > arrow.before else DOWN
        found = gesture(phone, arrow.quantity, way, arrow.at, heard)
        if found is not None and audible(arrow):
            _take(taken, found, arrow, sure)
    instructions = tuple(instruction for _, instruction in taken)
    if not any(arrow.quantity in _PLACE for item in instructions for arrow in item.arrows):
        difference = contrast(phone, heard)
        if difference is not None:
            return (Instruction(difference), *instructions)
    return instructions or (Instruction(_in_general(phone, heard)),)


def audible(arrow: Arrow) -> bool:
    """Whether an arrow is long enough to be heard in a sentence."""
    change = abs(arrow.after - arrow.before)
    share = _AUDIBLE_SHARE.get(arrow.quantity, 0.0) * abs(arrow.before)
    return change > 0 and change >= max(share, _AUDIBLE_STEP.get(arrow.quantity, 0.0))


def introduce(coaching: Coaching) -> str:
    """One sentence: how many sounds were flagged, and how many of them are spoken of."""
    n_flagged, n_shown = coaching.n_flagged, len(coaching.phones)
    if not n_flagged:
        return "No sound was flagged."
    flagged = f"{n_flagged} sound{' was' if n_flagged == 1 else 's were'} flagged"
    if not n_shown:
        return f"{flagged}, but what to change is not sure enough to say."
    if n_shown == n_flagged:
        return f"{flagged}."
    return (
        f"{flagged}; here {'is the one' if n_shown == 1 else f'are the {n_shown}'} to begin with."
    )


def caution(coaching: Coaching) -> str | None:
    """One sentence where formants are told without numbers; None where they are told surely."""
    told = (
        arrow.quantity in FORMANTS
        for feedback in coaching.phones
        for instruction in instruct(feedback)
        for arrow in instruction.arrows
    )
    if coaching.speaker.sure or not any(told):
        return None
    return (
        "This recording has too few vowels to know your voice by: take what it says about tongue "
        "and lips as a direction only."
    )


def describe(coaching: Coaching, feedback: PhoneFeedback) -> str:
    """One sentence: which sound it is, and what was heard instead."""
    return describe_phone(coaching.word_of(feedback), feedback.phone, feedback.stress)


def rounded(value: float, unit: str) -> str:
    """A number as a learner reads it: no finer than can be measured."""
    step = _STEPS[unit]
    return f"{round(value / step) * step:d}"


def _take(
    taken: list[tuple[Gesture, Instruction]], found: Gesture, arrow: Arrow, sure: bool
) -> None:
    """Adds what an arrow asks for to what longer arrows ask for, unless they contradict it."""
    met = [
        (index, other, instruction)
        for index, (other, instruction) in enumerate(taken)
        if any(_meet(arrow.at, longer.at) for longer in instruction.arrows)
    ]
    moves = {move for _, other, _ in met for move in other.moves}
    if any(frozenset((one, other)) in OPPOSITES for one in found.moves for other in moves):
        return
    for index, other, instruction in met:
        formants = {arrow.quantity, instruction.arrows[0].quantity} <= {*FORMANTS}
        if found.words == other.words or (formants and found.moves <= other.moves):
            arrows = (*instruction.arrows, arrow)
            taken[index] = (other, replace(instruction, arrows=arrows))
            return
    words = found.words if arrow.at == "middle" else f"at the {arrow.at}, {found.words}"
    certain = sure or arrow.quantity not in FORMANTS
    taken.append((found, Instruction(words, (arrow,), certain)))


def _meet(at: str, other: str) -> bool:
    """Whether two places in a sound are the same; the middle stands for the whole."""
    return at == other or "middle" in (at, other)


def _in_general(phone: str, heard: str | None) -> str:
    if heard not in (None, DELETED, phone):
        if VOICE_PAIRS.get(phone) == heard:
            return VOICE_IT
        if VOICE_PAIRS.get(heard) == phone:
            return BREATHE_IT
    return ARTICULATIONS[phone]
