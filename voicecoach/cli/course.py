"""``voicecoach course``: lists what there is to practise, or checks a list of one's own."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from voicecoach.cli.options import AsJson, Plain, output_console, warn
from voicecoach.errors import InputError

if TYPE_CHECKING:
    from voicecoach.practice.course import CourseSentence, MinimalPair
    from voicecoach.practice.lesson import LessonSentence
    from voicecoach.text.sentence import Sentence

Rows = list[dict[str, str]]
"""What is shown of each entry: column to text."""


def course(
    level: Annotated[
        str | None,
        typer.Option(
            "--level", metavar="LEVEL", help="Only A1, A2, B1, B2 or C1.", show_default=False
        ),
    ] = None,
    focus: Annotated[
        str | None,
        typer.Option(
            "--focus",
            metavar="WORDS",
            help='Only what is good for this: "weak forms", "tag question", "IY/IH".',
            show_default=False,
        ),
    ] = None,
    phone: Annotated[
        str | None,
        typer.Option(
            "--phone",
            metavar="PHONE",
            help="Only what holds this sound: TH or θ. With --pairs: what differs in it.",
            show_default=False,
        ),
    ] = None,
    pairs: Annotated[
        bool, typer.Option("--pairs", help="Pairs of words that differ in one sound.")
    ] = False,
    lesson: Annotated[
        Path | None,
        typer.Option(
            "--lesson", metavar="FILE", help="A list of your own instead.", show_default=False
        ),
    ] = None,
    ipa: Annotated[
        bool, typer.Option("--ipa", help="Show the sounds; --lesson always does.")
    ] = False,
    plain: Plain = False,
    as_json: AsJson = False,
) -> None:
    """List the sentences of the course, or check a list of your own.

    \b
    voicecoach course --level A2
    voicecoach course --phone TH --ipa
    voicecoach course --focus "tag question"
    voicecoach course --pairs --focus L/R
    voicecoach course --lesson mine.txt

    A list of your own is a UTF-8 text file with a sentence on each line. Lines
    that begin with # and empty ones do not count. After a tab, a line may say how
    its words are pronounced, in IPA (wi kɔl ɪt) or in ARPAbet (W IY | K AO L |
    IH T); the dictionary says it otherwise, and words that it does not know are
    named.
    Exit code: 0 all well, 2 an option or the list cannot be used.
    """
    if lesson is not None and (pairs or level is not None or focus is not None):
        raise InputError("--lesson lists your own file: leave out --level, --focus and --pairs.")
    if lesson is not None:
        rows, entries = _lesson(lesson, phone)
    elif pairs:
        rows, entries = _pairs(level, focus, phone, ipa, as_json)
    else:
        rows, entries = _sentences(level, focus, phone, ipa, as_json)
    if as_json:
        typer.echo(json.dumps(entries, ensure_ascii=False, indent=2))
    else:
        _print(rows, "pair" if pairs else "sentence", plain)


def _sentences(
    level: str | None, focus: str | None, phone: str | None, ipa: bool, as_json: bool
) -> tuple[Rows, list[dict[str, Any]]]:
    from voicecoach.practice.course import sentences, show_focus, with_phone

    found: Sequence[CourseSentence] = sentences(level, focus)
    if phone is not None:
        holding = set(with_phone(phone))
        found = [item for item in found if item in holding]
    rows = [
        {
            "ID": item.id,
            "Sentence": item.text,
            **({"Sounds": _spell(item.sentence)} if ipa else {}),
            "Focus": ", ".join(map(show_focus, item.focus)),
        }
        for item in found
    ]
    entries = [
        {
            "id": item.id,
            "level": item.level,
            "focus": list(item.focus),
            "text": item.text,
            "words": _words(item.sentence),
        }
        for item in (found if as_json else ())
    ]
    return rows, entries


def _pairs(
    level: str | None, focus: str | None, phone: str | None, ipa: bool, as_json: bool
) -> tuple[Rows, list[dict[str, Any]]]:
    from voicecoach.practice.course import minimal_pairs, show_focus

    found: Sequence[MinimalPair] = minimal_pairs(level, focus, phone)
    rows = [
        {
            "Level": pair.level,
            "Contrast": show_focus(pair.contrast),
            "Words": f"{pair.first}, {pair.second}",
            **({"Sounds": _spell(pair.words).replace(" ", ", ")} if ipa else {}),
            "Sentence": pair.carrier,
        }
        for pair in found
    ]
    entries = [
        {
            "id": pair.id,
            "level": pair.level,
            "contrast": pair.contrast,
            "carrier": pair.carrier,
            "sentences": [
                {"word": word, "text": text, "words": _words(sentence)}
                for word, text, sentence in zip(
                    (pair.first, pair.second), pair.texts, pair.sentences, strict=True
                )
            ],
        }
        for pair in (found if as_json else ())
    ]
    return rows, entries


def _lesson(path: Path, phone: str | None) -> tuple[Rows, list[dict[str, Any]]]:
    from voicecoach.practice.course import read_phone
    from voicecoach.practice.lesson import load_lesson

    found: Sequence[LessonSentence] = load_lesson(path)
    for item in found:
        if item.guessed:
            warn(
                f"{path}, line {item.line}: not in the dictionary, so the sounds are guessed: "
                f"{', '.join(item.guessed)}."
            )
    if phone is not None:
        wanted = read_phone(phone)
        found = [item for item in found if any(wanted in word.phones for word in item.sentence)]
    rows = [
        {"Line": str(item.line), "Sentence": item.text, "Sounds": _spell(item.sentence)}
        for item in found
    ]
    entries = [
        {
            "line": item.line,
            "text": item.text,
            "guessed": list(item.guessed),
            "words": _words(item.sentence),
        }
        for item in found
    ]
    return rows, entries


def _spell(sentence: "Sentence") -> str:
    from voicecoach.text.pronunciation import write_ipa

    return " ".join(write_ipa(word.phones, word.stress) for word in sentence)


def _words(sentence: "Sentence") -> list[dict[str, Any]]:
    from voicecoach.text.pronunciation import write_ipa

    return [
        {
            "text": word.text,
            "phones": list(word.phones),
            "ipa": write_ipa(word.phones, word.stress),
        }
        for word in sentence
    ]


def _print(rows: Rows, noun: str, plain: bool) -> None:
    """A table, or one line for each entry; then how many there are."""
    from rich.table import Table
    from rich.text import Text

    console = output_console()
    if plain:
        for row in rows:
            parts = [f"{name} {text}" if name != "Sentence" else text for name, text in row.items()]
            console.print(" | ".join(parts), soft_wrap=True)
    elif rows:
        table = Table()
        for name in rows[0]:
            # What is written and how it sounds share the width; the others are short.
            table.add_column(name, overflow="fold", no_wrap=name in ("ID", "Level", "Line"))
        for row in rows:
            table.add_row(*map(Text, row.values()))
        console.print(table)
    count = f"{len(rows)} {noun}{'' if len(rows) == 1 else 's'}"
    console.print(f"{count}." if rows else f"No {noun} of the course or list is like that.")
