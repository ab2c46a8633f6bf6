"""Anybody's own list of sentences to practise, from a text file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from voicecoach.errors import InputError
from voicecoach.text.phones import VOWELS
from voicecoach.text.sentence import Sentence, Word

MOST_WORDS = 60
"""Words of a sentence: read slowly, that many fill the 29 s that a recording may have."""


@dataclass(frozen=True)
class LessonSentence:
    """One sentence of a list.

    ``line`` counts from 1 in the file. ``guessed`` holds the words that stand in no dictionary and
    have no pronunciation in the file, so that a model guessed how they sound. ``is_pronounced``
    says that the file itself has the pronunciation.
    """

    line: int
    text: str
    sentence: Sentence
    guessed: tuple[str, ...] = ()
    is_pronounced: bool = False


def load_lesson(path: str | Path) -> tuple[LessonSentence, ...]:
    """Reads a list of sentences: UTF-8 text, one sentence a line.

    Empty lines are skipped, and so are comments, which begin with ``#``. After a tab a line may say
    how its words are pronounced, one pronunciation for each spoken word ("25" is two):

    - in IPA, words between spaces: ``wi kɔl ɪt bɛɹ``;
    - in ARPAbet, in capitals, phones between spaces and words between bars:
      ``W IY | K AO1 L | IH T | B EH R``.

    Marks of stress (ˈ ˌ, or digits in ARPAbet) and of length, ties, syllable dots, slashes and
    brackets are welcome but not needed. A pronunciation that is given is the only one accepted,
    apart from what fluent speech makes of it (flaps, syllables without a vowel).

    Raises:
        InputError: the file cannot be read, is not UTF-8 text or holds no sentence, or a line has
            no English word, more than ``MOST_WORDS`` words, a sign that stands for no English
            phone, or another number of pronunciations than of words. The message names the file,
            and the line where there is one.
    """
    path = Path(path)
    found = []
    for number, line in enumerate(_read_text(path).split("\n"), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            try:
                found.append(_read_line(number, line))
            except InputError as error:
                raise InputError(f"{path}, line {number}: {error}") from error
    if not found:
        raise InputError(f"There is no sentence in {path}: write one on each line.")
    return tuple(found)


def _read_text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"Cannot read the list {path}: {error.strerror}.") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(f"{path}, line {line} is not UTF-8: save the file as UTF-8.") from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise InputError(f"{path}, line {line} is not text: save the file as plain text.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read_line(number: int, line: str) -> LessonSentence:
    from voicecoach.text.lexicon import is_guessed
    from voicecoach.text.normalise import fold, normalise
    from voicecoach.text.transcribe import transcribe

    text, *columns = (column.strip() for column in line.split("\t"))
    given = [column for column in columns if column]
    if len(given) > 1:
        raise InputError(
            "There are several tabs: put one between the sentence and its pronunciation."
        )
    words = [token.text for token in normalise(text)]
    if len(words) > MOST_WORDS:
        raise InputError(
            f"The sentence has {len(words)} words and at most {MOST_WORDS} can be said in one "
            "recording: put it on several lines."
        )
    if given:
        return LessonSentence(number, text, _pronounced(words, given[0]), is_pronounced=True)
    sentence = transcribe(text)
    guessed = tuple(dict.fromkeys(word for word in words if is_guessed(fold(word))))
    return LessonSentence(number, text, sentence, guessed)


def _pronounced(words: Sequence[str], pronunciation: str) -> Sentence:
    from voicecoach.text.pronunciation import read_pronunciations
    from voicecoach.text.variants import variants

    try:
        spoken = read_pronunciations(pronunciation)
    except ValueError as error:
        raise InputError(
            f"{error}: write American English sounds in IPA, or in the ARPAbet of CMUdict."
        ) from error
    if len(spoken) != len(words):
        raise InputError(
            f"{len(words)} spoken words ({' '.join(words)}) and {len(spoken)} in the "
            "pronunciation: put spaces between the words in IPA, | in ARPAbet."
        )
    sentence = []
    for text, (phones, marked) in zip(words, spoken, strict=True):
        stress = marked or _known_stress(text, phones)
        # Without the word's spelling there are no other pronunciations from the dictionary.
        sentence.append(Word(text, phones, stress, variants("", phones, stress)))
    return tuple(sentence)


def _known_stress(text: str, phones: tuple[str, ...]) -> tuple[int, ...]:
    """The stress of phones without marks: the dictionary's if it has them, else of the only vowel,
    else nothing."""
    from voicecoach.text.lexicon import lookup

    for reading in lookup(text) or lookup(text.lower()):
        if tuple(phone for phone, _ in reading) == phones:
            return tuple(stress for _, stress in reading)
    vowels = [int(phone in VOWELS) for phone in phones]
    return tuple(vowels) if sum(vowels) == 1 else ()
