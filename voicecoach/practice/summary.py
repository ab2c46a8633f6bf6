"""What ``voicecoach history`` tells, gathered from the history."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from voicecoach.practice.attempts import Attempt
from voicecoach.practice.history import History
from voicecoach.practice.progress import DayMean, PhoneMean, Totals, hardest
from voicecoach.text.keywords import KEYWORDS
from voicecoach.text.phones import to_ipa

N_HARDEST = 5


@dataclass(frozen=True)
class Summary:
    """``attempts``: the latest first.

    ``hardest``: the hardest phones, or the one that was asked for. ``total_days`` and
    ``phone_days`` (of the hardest): scores over time. ``streak_days`` counts up to today;
    everything else only from ``since`` on.
    """

    attempts: list[Attempt]
    totals: Totals
    streak_days: int
    hardest: list[PhoneMean]
    total_days: list[DayMean]
    phone_days: dict[str, list[DayMean]]


def summarise(
    history: History,
    today: date,
    *,
    since: datetime | None = None,
    phone: str | None = None,
    last: int = 10,
) -> Summary:
    """Reads what is shown.

    Args:
        history: the learner's.
        today: the learner's day.
        since: with time zone; nothing before it counts, but for the streak.
        phone: ARPAbet; tells of this one instead of the hardest.
        last: attempts to show.

    Raises:
        InputError: the history cannot be read.
    """
    means = history.phone_means(since)
    shown = hardest(means, N_HARDEST)
    if phone is not None:
        shown = [means[phone]] if phone in means else []
    return Summary(
        attempts=history.attempts(last, since),
        totals=history.totals(since),
        streak_days=history.streak_days(today),
        hardest=shown,
        total_days=history.scores_over_time(since=since),
        phone_days={mean.phone: history.scores_over_time(mean.phone, since) for mean in shown},
    )


def to_json(summary: Summary, history: History) -> dict[str, Any]:
    """The summary for ``--json``, with the names and scales of ``export``.

    Days and times are ISO 8601; ``flagged`` in an attempt lists phones in ARPAbet, ``recording`` is
    the path of a file that is there.
    """
    phones = {phone: _days(means) for phone, means in summary.phone_days.items()}
    return {
        "folder": str(history.folder),
        "keep_recordings": history.keep_recordings,
        "streak_days": summary.streak_days,
        "totals": asdict(summary.totals),
        "attempts": [_attempt(attempt, history) for attempt in summary.attempts],
        "hardest": [
            {**asdict(mean), "ipa": to_ipa(mean.phone, 1), "keyword": KEYWORDS[mean.phone]}
            for mean in summary.hardest
        ],
        "over_time": {"total": _days(summary.total_days), "phones": phones},
    }


def _attempt(attempt: Attempt, history: History) -> dict[str, Any]:
    recording = history.recording(attempt)
    return {
        "attempt": attempt.id,
        "time": attempt.time.isoformat(timespec="milliseconds"),
        "text": attempt.text,
        "sentence_id": attempt.sentence_id,
        "recording": None if recording is None else str(recording),
        "accuracy": attempt.score.accuracy,
        "fluency": attempt.score.fluency,
        "prosody": attempt.score.prosody,
        "completeness": attempt.score.completeness,
        "total": attempt.score.total,
        "flagged": [p.phone for word in attempt.score.words for p in word.phones if p.flagged],
    }


def _days(means: Sequence[DayMean]) -> list[dict[str, Any]]:
    return [{**asdict(mean), "day": mean.day.isoformat()} for mean in means]
