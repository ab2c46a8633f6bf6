"""Other pronunciations of 8,000 words, from the CMU Pronouncing Dictionary.

``data/alternatives.txt.gz`` holds every word to which CMUdict gives more than one pronunciation
("either", "data", "often"), in a compact form. It was made by

    python -m voicecoach.text.cmudict SOURCE TARGET

from the ``cmudict-en-us.dict`` inside the pocketsphinx 5.1.1 wheel (BSD licence, see
``data/CMUDICT-LICENSE``): one line per word, the word, then its pronunciations, one letter a phone.
"""

import functools
import gzip
import importlib.resources
import re
import sys
from pathlib import Path

from voicecoach.text.phones import PHONES

_CODES = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklm"
_TO_CODE = dict(zip(PHONES, _CODES, strict=True))
_TO_PHONE = dict(zip(_CODES, PHONES, strict=True))


@functools.cache
def alternatives() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Lower-case word to all its pronunciations (two or more), phones without stress."""
    packed = importlib.resources.files("voicecoach.text").joinpath("data/alternatives.txt.gz")
    lines = gzip.decompress(packed.read_bytes()).decode("ascii").splitlines()
    entries = (line.split() for line in lines)
    return {
        word: tuple(tuple(_TO_PHONE[code] for code in codes) for codes in pronunciations)
        for word, *pronunciations in entries
    }


def pack(source: Path, target: Path) -> int:
    """Makes the packaged file from a CMUdict file without stress digits.

    Args:
        source: lines of ``word PHONE PHONE``; further pronunciations as ``word(2)``.
        target: where the gzip file is written, the same bytes for the same source.

    Returns:
        The number of words written.
    """
    found: dict[str, list[str]] = {}
    for line in source.read_text(encoding="utf-8").splitlines():
        word, *phones = line.split()
        codes = "".join(_TO_CODE[phone] for phone in phones)
        found.setdefault(re.sub(r"\(\d+\)$", "", word), []).append(codes)
    kept = {word: codes for word, codes in found.items() if len(set(codes)) > 1}
    text = "".join(f"{word} {' '.join(dict.fromkeys(codes))}\n" for word, codes in kept.items())
    temporary = target.with_name(target.name + ".tmp")
    temporary.write_bytes(gzip.compress(text.encode("ascii"), 9, mtime=0))
    temporary.replace(target)
    return len(kept)


if __name__ == "__main__":
    print(pack(Path(sys.argv[1]), Path(sys.argv[2])))
