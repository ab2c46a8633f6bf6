"""Written text to spoken words: abbreviations, symbols and numbers written out, quotes and dashes
made plain, emoji dropped, other scripts refused."""

import re
import unicodedata
from dataclasses import dataclass

from voicecoach.errors import InputError
from voicecoach.text.numbers import MONTHS, spell_numbers

LONGEST_WORD = 45
"""Letters of the longest word that is read; what is longer is no English word."""


@dataclass(frozen=True)
class Token:
    """One spoken word: as it was written, and the punctuation after it (one of ``,.?!;:`` or "").

    ``spelled`` says that its letters are read one by one ("U.S.").
    """

    text: str
    punctuation: str = ""
    spelled: bool = False


_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛ʼ`´′＇", "'"),
        **dict.fromkeys("“”„‟«»″＂", '"'),
        **dict.fromkeys("‐‑", "-"),
        **dict.fromkeys("‒–—―−", "–"),
        **{"…": "... ", "½": " 1/2", "¼": " 1/4", "¾": " 3/4", "⁄": "/"},
        **dict.fromkeys("[](){}<>|\\*^~_", " "),
    }
)
_SYMBOLS = {"&": "and", "@": "at", "%": "percent", "+": "plus", "=": "equals"}
_SYMBOLS |= {"×": "times", "÷": "divided by", "±": "plus or minus", "#": "number"}
# With a dot; read as written here wherever they stand.
_ABBREVIATIONS = {
    "Mr": "Mister",
    "Mrs": "Missus",
    "Ms": "Miz",
    "Dr": "Doctor",
    "Prof": "Professor",
    "Jr": "Junior",
    "Sr": "Senior",
    "vs": "versus",
    "etc": "et cetera",
    "approx": "approximately",
    "dept": "department",
    "Dept": "Department",
    "Inc": "Incorporated",
    "Ltd": "Limited",
    "Corp": "Corporation",
    "Ave": "Avenue",
    "Blvd": "Boulevard",
    "Rd": "Road",
    **{month[:3]: month for month in MONTHS if month not in ("May",)},
    "Sept": "September",
}
# Words of their own, or of two meanings: read as a title only before a capital.
_TITLES = {
    "St": "Saint",
    "Mt": "Mount",
    "Capt": "Captain",
    "Lt": "Lieutenant",
    "Sgt": "Sergeant",
    "Col": "Colonel",
    "Gen": "General",
    "Gov": "Governor",
    "Sen": "Senator",
    "Rep": "Representative",
    "Rev": "Reverend",
    "Hon": "Honorable",
}
_KEEPS_FULL_STOP = re.compile(r"\s*$")
_ABBREVIATION_RE = re.compile(rf"\b({'|'.join(_ABBREVIATIONS)})\.(?!\w)")
_TITLE_RE = re.compile(rf"\b({'|'.join(_TITLES)})\.\s+(?=[A-Z])")
_BARE_RE = re.compile(r"\b(Mr|Mrs|Ms|Dr)\b(?=\s+[A-Z])|\betc\b")
_INITIALS_RE = re.compile(r"(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?|\b[Pp]h\.[Dd]\.?")
_KEYCAP_RE = re.compile("[0-9#*]\ufe0f?\u20e3")
_WORD_RE = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
# Words that begin with an apostrophe, which is not a quote there.
_CLIPPED = frozenset(["'em", "'til", "'cause", "'tis", "'twas", "'round", "'bout", "'n"])
_FOLDED = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O"}
    | {"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "th", "þ": "th", "Þ": "Th", "ı": "i"}
)


def normalise(text: str) -> list[Token]:
    """Splits a text into spoken words, in order.

    Numbers, times, dates, money, units and common abbreviations are written out ("Dr. Lee has 2"
    gives Doctor, Lee, has, two); hyphenated words become several; emoji and signs that nobody
    speaks are dropped. Accents stay (see `fold`).

    Raises:
        InputError: a word is written in another script than the Latin one, or is longer than
            ``LONGEST_WORD``, or no word is left.
    """
    plain = _drop_silent(unicodedata.normalize("NFC", text).translate(_PLAIN))
    _refuse_other_scripts(plain)
    plain = re.sub(r"\be\.g\.?(?!\w),?", "for example,", plain)
    plain = re.sub(r"\bi\.e\.?(?!\w),?", "that is,", plain)
    plain = re.sub(r"\bN(o|os)\.\s?(?=\d)", "Number ", plain)
    plain = _TITLE_RE.sub(lambda m: _TITLES[m[1]] + " ", plain)
    plain = re.sub(r"\bSt\.(?!\w)", "Street", plain)
    plain = _ABBREVIATION_RE.sub(_expand, plain)
    plain = _BARE_RE.sub(lambda m: _ABBREVIATIONS[m[0]], plain)
    plain = spell_numbers(plain)
    for symbol, word in _SYMBOLS.items():
        plain = plain.replace(symbol, f" {word} ")
    # A dot inside an address is spoken; after a word that ends a sentence it is not.
    plain = re.sub(r"(?<=[a-z]{2})\.(?=[a-z]{2,})", " dot ", plain)
    tokens = [token for chunk in plain.split() for token in _split(chunk)]
    if not tokens:
        raise InputError(
            f"There is no English word to speak in {_shorten(text)!r}: write a word or a sentence."
        )
    return tokens


def fold(word: str) -> str:
    """A word in the 26 letters and apostrophes: ``"café"`` to ``"cafe"``."""
    decomposed = unicodedata.normalize("NFKD", word.translate(_FOLDED))
    return re.sub("[^A-Za-z']", "", decomposed)


def _expand(match: re.Match[str]) -> str:
    # The dot of an abbreviation that closes the text closes the sentence too.
    closes = _KEEPS_FULL_STOP.match(match.string, match.end())
    return _ABBREVIATIONS[match[1]] + ("." if closes else "")


def _drop_silent(text: str) -> str:
    """Drops emoji, pictures, invisible and control characters; full-width letters, raised and Roman
    numerals become plain."""
    kept = []
    for char in _KEYCAP_RE.sub(" ", text):
        category = unicodedata.category(char)
        if "\uff01" <= char <= "\uff5e" or category in ("No", "Nl"):
            kept.append(unicodedata.normalize("NFKC", char))
        elif char == "°" or category[0] in "LPNZ" or category in ("Sc", "Sm"):
            kept.append(char)
        elif category in ("Cf", "Mn", "Mc", "Me"):
            continue  # joiners, direction marks and loose accents do not end a word
        else:
            kept.append(" ")
    return "".join(kept)


def _refuse_other_scripts(text: str) -> None:
    for chunk in text.split():
        for char in chunk:
            if char.isalpha() and not fold(char):
                word = _shorten(chunk.strip(".,;:!?"))
                raise InputError(
                    f"The word {word!r} is not written in Latin letters: give an English text."
                )


def _split(chunk: str) -> list[Token]:
    """One piece of text without spaces to words; its last word carries the punctuation."""
    mark = _mark_after(chunk)
    if match := _INITIALS_RE.search(chunk):
        rest = chunk[match.end() :]
        tokens = _split(chunk[: match.start()]) if chunk[: match.start()] else []
        tokens.append(Token(match[0], _mark_after(rest), spelled=True))
        return tokens + (_split(rest) if _WORD_RE.search(rest) else [])
    words = []
    for match in _WORD_RE.finditer(chunk):
        word, start = match[0], match.start()
        if chunk[max(start - 1, 0) : start] == "'" and f"'{word.lower()}" in _CLIPPED:
            word = "'" + word
        if len(word) > LONGEST_WORD:
            raise InputError(
                f"{_shorten(word)!r} is too long to be an English word "
                f"({len(word)} letters): put spaces between the words."
            )
        words.append(word)
    return [
        Token(word, mark if index == len(words) - 1 else "") for index, word in enumerate(words)
    ]


def _mark_after(chunk: str) -> str:
    tail = re.search(r"[^\w']*[\"']*$", chunk)
    found = re.search(r"[,.?!;:–]", tail[0]) if tail else None
    return found[0].replace("–", ",") if found else ""


def _shorten(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."
