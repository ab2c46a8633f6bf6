"""``voicecoach compare``: several results of ``voicecoach measure`` in one table."""

from pathlib import Path
from typing import Annotated

import typer

from voicecoach.cli.options import AsJson

_LEAST_TITLE = 12  # characters of the first column, in a narrow terminal
_BETWEEN = 3  # spaces between columns


def compare(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="METRICS.JSON...",
            help="metrics.json of voicecoach measure or evaluate.",
            show_default=False,
        ),
    ],
    names: Annotated[
        list[str] | None,
        typer.Option(
            "--name",
            metavar="NAME",
            help="Name of a column, once for each file. Default: what its folder is called.",
            show_default=False,
        ),
    ] = None,
    spread: Annotated[
        bool,
        typer.Option("--spread", help="Mean and standard deviation over the files, as for seeds."),
    ] = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the table as Markdown.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put several results side by side, or show their spread over seeds.

    \b
    voicecoach compare exp/plain/metrics.json exp/new/metrics.json
    voicecoach compare old.json new.json --name before --name after
    voicecoach compare exp/seed*/test/metrics.json --spread --markdown

    One row per measure; "n/a" where a file does not have it. The deviation is that of
    a sample (n - 1), and n the number of files that have the measure.
    """
    import json
    from dataclasses import asdict

    from voicecoach.errors import InputError
    from voicecoach.metrics import compare as tables
    from voicecoach.metrics.report import markdown_table

    if as_markdown and as_json:
        raise InputError("Give either --markdown or --json.")
    if spread and names:
        raise InputError("--spread has one column for all files: leave --name out.")
    columns = _columns(files, names)
    measured = [tables.load(path) for path in files]
    if spread:
        found = tables.spreads(measured)
        content = {name: asdict(values) for name, values in found.items()}
        header, rows = tables.spread_table(found)
    else:
        content = dict(zip(columns, measured, strict=True))
        header, rows = tables.side_by_side(content)
    if as_json:
        typer.echo(json.dumps(content, ensure_ascii=False, indent=2))
    elif as_markdown:
        typer.echo("\n".join(markdown_table(header, rows)))
    else:
        _print(header, rows)


def _columns(files: list[Path], names: list[str] | None) -> list[str]:
    """A name per file."""
    from voicecoach.errors import InputError
    from voicecoach.metrics.compare import short_names

    short = short_names(files)
    if not names:
        return short
    if len(names) != len(files):
        raise InputError(
            f"There are {len(names)} names for {len(files)} files: give --name once for each file."
        )
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"Two columns are named '{name}': give each file its own --name.")
    return names


def _print(header: list[str], rows: list[list[str]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from voicecoach.cli.options import output_console

    console = output_console()
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(header[0], overflow="fold")
    least = _LEAST_TITLE
    for column, name in enumerate(header[1:], 1):
        width = max(len(row[column]) for row in rows)
        least += width + _BETWEEN
        table.add_column(name, justify="right", overflow="fold", min_width=width)
    for row in rows:
        table.add_row(*row)
    # Long names are folded, but a number in two pieces is no number: rather a line too long.
    console.width = max(console.width, least)
    console.print(table)
