"""The only reader of YAML: files in, frozen and validated specs out."""

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from voicecoach.errors import InputError


class Spec(BaseModel):
    """A frozen set of settings. Unknown keys are refused, so that a typing error is seen."""

    model_config = ConfigDict(frozen=True, extra="forbid")


SpecT = TypeVar("SpecT", bound=Spec)


def load(path: str | Path, spec_class: type[SpecT]) -> SpecT:
    """Reads one YAML file into a spec.

    A file may name another one as its ``base`` (relative to itself) and hold only what differs.

    Args:
        path: a YAML file that holds one mapping.
        spec_class: the ``Spec`` to fill.

    Raises:
        InputError: the file is missing, is no YAML mapping, has an unknown key, or contradicts
            itself; the sentence names the file and the key.
    """
    return parse(_read(Path(path)), spec_class, source=path)


def _read(path: Path, deeper: int = 3) -> dict:
    """The mapping in a file, over that of its base; bases may have ``deeper`` further bases."""
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"Cannot read the configuration {path}: {error}.") from error
    except yaml.YAMLError as error:
        raise InputError(f"{path} is not valid YAML: {' '.join(str(error).split())}.") from error
    if not isinstance(values, dict):
        raise InputError(f"{path} must hold 'key: value' lines, not a {type(values).__name__}.")
    base = values.pop("base", None)
    if base is None:
        return values
    if not deeper:
        raise InputError(f"{path} has a base of a base of a base: put it in fewer files.")
    return {**_read(path.parent / str(base), deeper - 1), **values}


def parse(values: dict, spec_class: type[SpecT], source: str | Path) -> SpecT:
    """Validates a mapping; ``source`` is named in the error. Raises ``InputError``."""
    try:
        return spec_class.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise InputError(f"{source}: {key + ': ' if key else ''}{message}.") from error


def dump(spec: Spec, path: str | Path) -> None:
    """Writes a spec as YAML that ``load`` reads back to an equal spec."""
    # ASCII only: PyYAML writes some Unicode line breaks as they are, and reads them as spaces.
    text = yaml.safe_dump(spec.model_dump(mode="json"), sort_keys=False)
    Path(path).write_text(text, encoding="utf-8")
