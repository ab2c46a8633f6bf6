from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.practice.history import History
from voicecoach.practice.progress import PhoneMean, Review
from voicecoach.practice.schedule import due_times, level_of, plan
from voicecoach.scoring.results import SentenceScore

NOW = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Sentence:
    """A candidate."""

    id: str
    text: str
    level: str
    phones: tuple[str, ...]


def sentence(name: str, phones: str = "W IY", level: str = "A1") -> Sentence:
    return Sentence(name, name, level, tuple(phones.split()))


def review(name: str, total: float, days_ago: float = 0.0) -> Review:
    return Review(name, NOW - days_ago * DAY, total)


def mean(phone: str, value: float, count: int) -> PhoneMean:
    return PhoneMean(phone, value, count, 0)


COURSE = [
    sentence(f"{level}-{n:02d}", phones, level)
    for level in ("A1", "A2", "B1")
    for n, phones in enumerate(("TH IH N", "S IY", "R EH D", "L EH G", "V AE N", "W EH T") * 4)
]
names = st.sampled_from([item.id for item in COURSE] + ["gone"])
reviews_strategy = st.lists(
    st.builds(review, names, st.floats(0, 10), st.floats(0, 400)), max_size=30
)
means_strategy = st.dictionaries(
    st.sampled_from(["TH", "S", "R", "L", "V", "W", "IH"]),
    st.tuples(st.floats(0, 2), st.integers(1, 500)),
).map(lambda found: {phone: mean(phone, *values) for phone, values in found.items()})


@given(reviews_strategy, means_strategy, st.integers(1, 80), st.integers(0, 3), st.randoms())
def test_same_arguments_same_plan_without_repeats(reviews, means, n, seed, random) -> None:
    planned = plan(reviews, means, COURSE, now=NOW, n=n, seed=seed)
    assert len(planned) == min(n, len(COURSE))
    assert len({item.id for item in planned}) == len(planned)
    assert set(planned) <= set(COURSE)
    shuffled = random.sample(COURSE, len(COURSE))
    assert planned == plan(iter(reviews), means, iter(shuffled), now=NOW, n=n, seed=seed)


@given(reviews_strategy, st.integers(0, 3))
def test_nothing_comes_early_while_there_is_something_else(reviews, seed) -> None:
    known = {item.id for item in COURSE}
    due = due_times([item for item in reviews if item.sentence_id in known])
    planned = plan(reviews, {}, COURSE, now=NOW, n=len(COURSE), seed=seed)
    early = [item.id in due and due[item.id] > NOW for item in planned]
    assert early == sorted(early)
    came_back = [due[item.id] for item in planned if item.id in due]
    assert came_back == sorted(came_back)


@given(st.lists(st.floats(0, 10), min_size=1, max_size=6), st.floats(0, 9))
def test_a_higher_score_never_comes_back_sooner(totals: list[float], last: float) -> None:
    def due(final: float) -> datetime:
        scores = [*totals, final]
        return due_times([review("s", t, 60 - 9 * k) for k, t in enumerate(scores)])["s"]

    assert due(last) <= due(last + 1)


def test_a_bad_sentence_comes_back_within_the_session_and_a_good_one_in_days() -> None:
    due = due_times([review("bad", 3.0), review("good", 9.5)])
    assert due["bad"] - NOW == timedelta(minutes=1)
    assert due["good"] - NOW >= DAY
    strict = due_times([review("good", 9.5)], threshold=9.8)
    assert strict["good"] - NOW < DAY


def test_due_sentences_come_back_the_longest_due_first() -> None:
    course = [sentence("a"), sentence("b"), sentence("c")]
    reviews = [review("a", 3, 1), review("b", 3, 5), review("c", 9.9, 0.01)]
    assert [item.id for item in plan(reviews, {}, course, now=NOW, n=3)] == ["b", "a", "c"]


def test_due_and_new_sentences_are_mixed() -> None:
    reviews = [review(f"A1-{n:02d}", 4.0, 3) for n in range(12)]
    planned = plan(reviews, {}, COURSE, now=NOW, n=16, level="A1")
    back = sum(item.id in {r.sentence_id for r in reviews} for item in planned)
    assert 3 <= back <= 13


def test_one_seed_does_not_repeat_its_draws() -> None:
    firsts = {
        plan([review("A1-00", 4.0, 3)] * k, {}, COURSE, now=NOW, level="A1")[0].id
        for k in range(12)
    }
    assert len(firsts) > 2


@pytest.mark.parametrize("weak", [mean("TH", 0.5, 300), mean("TH", 1.9, 2)])
def test_hard_and_hardly_heard_sounds_are_practised(weak: PhoneMean) -> None:
    phones = ["IH", "N", "S", "IY", "R", "EH", "D", "L", "G", "V", "AE", "W", "T"]
    means = {phone: mean(phone, 1.9, 500) for phone in phones} | {"TH": weak}
    course = [item for item in COURSE if item.level == "A1"]  # four of 24 have a TH
    firsts = [plan([], means, course, now=NOW, seed=seed)[0] for seed in range(40)]
    assert sum("TH" in item.phones for item in firsts) > 24
    steady = means | {"TH": mean("TH", 1.9, 500)}
    firsts = [plan([], steady, course, now=NOW, seed=seed)[0] for seed in range(40)]
    assert sum("TH" in item.phones for item in firsts) < 24


def test_a_new_learner_meets_all_sounds_of_the_lowest_level() -> None:
    planned = plan([], {}, COURSE, now=NOW, n=12)
    assert {item.level for item in planned} == {"A1"}
    heard = Counter(item.phones[0] for item in planned)
    assert set(heard) == {"TH", "S", "R", "L", "V", "W"}
    assert max(heard.values()) <= 4


def test_level_goes_up_with_eight_of_ten_sentences() -> None:
    good = [review(f"A1-{n:02d}", 9.0, 20 - n) for n in range(7)]
    assert level_of(good, COURSE) == "A1"
    eighth = review("A1-08", 9.0, 1)
    assert level_of([*good, eighth], COURSE) == "A2"
    assert level_of([*good, eighth], COURSE, threshold=9.5) == "A1"
    bad = [review(f"A1-{n:02d}", 2.0, 1.5) for n in (9, 10, 11)]
    assert level_of([*good, *bad, eighth], COURSE) == "A1"
    again = [replace(reading, time=NOW) for reading in good]
    assert level_of([*good, *again], COURSE) == "A1"


@given(reviews_strategy, reviews_strategy)
def test_level_never_goes_down(before, after) -> None:
    later = [replace(reading, time=reading.time + 500 * DAY) for reading in after]
    assert level_of(before, COURSE) <= level_of(before + later, COURSE)


def test_a_short_level_is_passed_when_all_of_it_is_learnt() -> None:
    course = [sentence("a"), sentence("b", level="A2")]
    assert level_of([review("a", 9)], course) == "A2"
    assert level_of([review("a", 9), review("b", 9)], course) == "A2"
    assert level_of([], []) is None


def test_a_level_without_new_sentences_gives_those_of_the_nearest() -> None:
    course = [sentence("a", level="A1"), sentence("b", level="B1"), sentence("c", level="B2")]
    planned = plan([], {}, course, now=NOW, n=3, level="A2")
    assert [item.id for item in planned] == ["a", "b", "c"]


def test_nothing_to_choose_from_and_times_without_zone() -> None:
    assert plan([], {}, [], now=NOW) == []
    with pytest.raises(ValueError, match="time zone"):
        plan([], {}, COURSE, now=datetime(2026, 1, 1))


def test_takes_what_the_history_gives(history: History, tmp_path: Path) -> None:
    score = SentenceScore("s", 3.0, 3.0, 3.0, 3.0, 3.0, 1000.0, ())
    history.add(score, "s", "A1-03", time=NOW - DAY)
    history.add(score, "of my own", time=NOW - DAY)
    due_only = [item for item in COURSE if item.id == "A1-03"]
    assert plan(history.reviews(), history.phone_means(), due_only, now=NOW) == due_only
