"""voicecoach: says how good each sound of a recorded sentence was."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from voicecoach.scoring.scorer import Scorer

__all__ = ["Scorer"]


def __getattr__(name: str) -> Any:
    # Importing the package must stay quick: the scorer comes when it is asked for.
    if name == "Scorer":
        from voicecoach.scoring.scorer import Scorer

        return Scorer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
