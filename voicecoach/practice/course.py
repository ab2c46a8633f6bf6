"""The built-in course: sentences and minimal pairs from level A1 to C1, all our own.

They are plain tables in ``voicecoach/resources/course``: one line a sentence or pair. How they
sound is not written there; `transcribe` says it.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from voicecoach.errors import InputError
from voicecoach.text.phones import PHONES, from_ipa, to_ipa

if TYPE_CHECKING:
    from voicecoach.text.sentence import Sentence, Word

LEVELS = ("A1", "A2", "B1", "B2", "C1")
"""Levels of the Common European Framework of Reference, the easiest first."""

_FOLDER = Path(__file__).parent.parent / "resources" / "course"
_SLOT = "___"


@dataclass(frozen=True)
class CourseSentence:
    """One sentence to read aloud.

    ``focus`` says what it is good for: "weak forms", "tag question", or a contrast of sounds such
    as "IY/IH".
    """

    id: str
    level: str
    focus: tuple[str, ...]
    text: str

    @property
    def sentence(self) -> "Sentence":
        """Its words with their phones."""
        return _transcribe(self.text)

    @property
    def phones(self) -> tuple[str, ...]:
        """The phones of all its words."""
        return tuple(phone for word in self.sentence for phone in word.phones)


@dataclass(frozen=True)
class MinimalPair:
    """Two words that differ in one place, and a sentence into which both fit.

    ``contrast`` holds the phones of ``first`` and those of ``second`` in that place: "IY/IH" for
    sheep and ship, "HH/-" for hair and air, "ER/AO R" for word and ward.
    """

    level: str
    contrast: str
    first: str
    second: str
    carrier: str

    @property
    def id(self) -> str:
        """Both words: "sheep-ship"."""
        return f"{self.first}-{self.second}"

    @property
    def phones(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The phones in which ``first`` and ``second`` differ; empty where one has none there."""
        first, second = self.contrast.split("/")
        return _contrasted(first), _contrasted(second)

    @property
    def texts(self) -> tuple[str, str]:
        """The carrier sentence with the first word, and with the second."""
        return self.carrier.replace(_SLOT, self.first), self.carrier.replace(_SLOT, self.second)

    @property
    def sentences(self) -> "tuple[Sentence, Sentence]":
        """Both ``texts`` as words with their phones."""
        first, second = self.texts
        return _transcribe(first), _transcribe(second)

    @property
    def words(self) -> "tuple[Word, Word]":
        """Both words as they sound in the carrier sentence."""
        return next(
            (first, second)
            for first, second in zip(*self.sentences, strict=True)
            if first.text != second.text
        )


@dataclass(frozen=True)
class Course:
    """All sentences and pairs, in the order of the tables: the easiest level first."""

    sentences: tuple[CourseSentence, ...]
    pairs: tuple[MinimalPair, ...]


@functools.cache
def load_course() -> Course:
    """The course that comes with the package; read once, without any transcription."""
    return Course(
        _read("sentences.tsv", CourseSentence),
        _read("pairs.tsv", MinimalPair),
    )


def sentences(level: str | None = None, focus: str | None = None) -> tuple[CourseSentence, ...]:
    """The sentences of the course.

    Args:
        level: only those of this one of ``LEVELS``, in any capitals.
        focus: only those with this focus; a contrast in ARPAbet or IPA ("IY/IH", "ɪ/i").

    Raises:
        InputError: there is no such level or focus.
    """
    found = load_course().sentences
    if level is not None:
        wanted = read_level(level)
        found = tuple(item for item in found if item.level == wanted)
    if focus is not None:
        known = [name for item in load_course().sentences for name in item.focus]
        wanted = _find_focus(focus, known)
        found = tuple(item for item in found if wanted in item.focus)
    return found


def with_phone(phone: str) -> tuple[CourseSentence, ...]:
    """The sentences in which a sound is said, in order of the course.

    Args:
        phone: in ARPAbet or IPA ("TH", "θ").

    Raises:
        InputError: there is no such phone.
    """
    wanted = read_phone(phone)
    return tuple(item for item in load_course().sentences if wanted in item.phones)


def minimal_pairs(
    level: str | None = None, contrast: str | None = None, phone: str | None = None
) -> tuple[MinimalPair, ...]:
    """The minimal pairs of the course.

    Args:
        level: only those of this one of ``LEVELS``.
        contrast: only those with this contrast, as in the course ("IY/IH", "i/ɪ").
        phone: only those that differ in this phone, in ARPAbet or IPA.

    Raises:
        InputError: there is no such level, contrast or phone.
    """
    found = load_course().pairs
    if level is not None:
        wanted = read_level(level)
        found = tuple(pair for pair in found if pair.level == wanted)
    if contrast is not None:
        wanted = _find_focus(contrast, [pair.contrast for pair in load_course().pairs])
        found = tuple(pair for pair in found if pair.contrast == wanted)
    if phone is not None:
        wanted = read_phone(phone)
        found = tuple(p for p in found if any(wanted in phones for phones in p.phones))
    return found


def show_focus(focus: str) -> str:
    """A focus as a learner sees it: contrasts in IPA ("i/ɪ"), the others as they are."""
    if not _is_contrast(focus):
        return focus
    sides = (_contrasted(side) for side in focus.split("/"))
    return "/".join("".join(to_ipa(phone, 1) for phone in side) or "-" for side in sides)


def read_level(level: str) -> str:
    """One of ``LEVELS``, given in any capitals. Raises ``InputError``."""
    if level.upper() not in LEVELS:
        raise InputError(f"There is no level {level!r} in the course: use {_listed(LEVELS)}.")
    return level.upper()


def read_phone(phone: str) -> str:
    """A phone given in ARPAbet or IPA, in ARPAbet. Raises ``InputError``."""
    if phone.upper() in PHONES:
        return phone.upper()
    try:
        read = from_ipa(phone)
    except ValueError:
        read = []
    if len(read) != 1:
        raise InputError(f"There is no phone {phone!r}: use {_listed(PHONES)}, or its IPA sign.")
    return read[0]


@functools.cache
def _transcribe(text: str) -> "Sentence":
    # The course can be listed without the dictionary, which takes a second to load.
    from voicecoach.text.transcribe import transcribe

    return transcribe(text)


def _contrasted(side: str) -> tuple[str, ...]:
    return () if side == "-" else tuple(side.split())


def _is_contrast(focus: str) -> bool:
    phones = [phone for side in focus.split("/") for phone in _contrasted(side)]
    return "/" in focus and all(phone in PHONES for phone in phones)


def _find_focus(wanted: str, known: Sequence[str]) -> str:
    sides = set(wanted.lower().split("/"))  # "R/L" asks for the same as "L/R"
    for focus in known:
        if sides in (set(focus.lower().split("/")), set(show_focus(focus).split("/"))):
            return focus
    different = sorted(dict.fromkeys(known), key=_is_contrast)
    names = [show_focus(focus) for focus in different]
    raise InputError(f"There is no focus {wanted!r} in the course: use {_listed(names)}.")


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"


_Row = TypeVar("_Row", CourseSentence, MinimalPair)


def _read(name: str, row: type[_Row]) -> tuple[_Row, ...]:
    """The rows of a table of the package; its first line names the columns."""
    header, *lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    columns = header.split("\t")
    if columns != [field.name for field in fields(row)]:
        raise ValueError(f"{name} has the columns {columns}.")
    return tuple(row(**_parse(dict(zip(columns, line.split("\t"), strict=True)))) for line in lines)


def _parse(values: dict[str, str]) -> dict[str, Any]:
    if "focus" in values:
        return {**values, "focus": tuple(values["focus"].split("; "))}
    return values
