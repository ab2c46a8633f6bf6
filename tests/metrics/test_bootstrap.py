import numpy as np
import pytest

from voicecoach.metrics import bootstrap
from voicecoach.metrics.correlation import pearson
from voicecoach.metrics.detection import best_f1, from_flags


@pytest.fixture
def data() -> dict[str, np.ndarray]:
    """Twelve speakers with 20 to 60 phones each and an offset of their own."""
    rng = np.random.default_rng(3)
    speaker = np.repeat(np.arange(12), rng.integers(20, 60, 12))
    truth = rng.normal(size=len(speaker)) + rng.normal(size=12)[speaker]
    return {
        "x": truth + rng.normal(size=len(speaker)),
        "y": truth,
        "bad": truth < -1.5,
        "flagged": rng.random(len(speaker)) < np.where(truth < -1.5, 0.7, 0.1),
        "speaker": speaker,
    }


def redraw(data: dict[str, np.ndarray], n_draws: int, seed: int) -> list[np.ndarray]:
    """The rows of each draw, the slow way: whole speakers, copied as often as drawn."""
    drawn = np.random.default_rng(seed).multinomial(12, np.full(12, 1 / 12), size=n_draws)
    rows = [np.flatnonzero(data["speaker"] == s) for s in range(12)]
    return [
        np.concatenate([rows[s] for s in range(12) for _ in range(times[s])]) for times in drawn
    ]


def check(interval: bootstrap.Interval, values: list[float]) -> None:
    assert interval.mean == pytest.approx(np.mean(values))
    assert interval.low == pytest.approx(np.quantile(values, 0.025))
    assert interval.high == pytest.approx(np.quantile(values, 0.975))


def test_sums_give_what_copied_rows_give(data: dict[str, np.ndarray]) -> None:
    draws = redraw(data, n_draws=50, seed=5)
    x, y, bad, flagged, speaker = (data[k] for k in ("x", "y", "bad", "flagged", "speaker"))
    check(
        bootstrap.pearson_interval(x + 1e6, y, speaker, 50, 5),
        [pearson(x[rows], y[rows]) for rows in draws],
    )
    check(bootstrap.mean_interval(x, speaker, 50, 5), [x[rows].mean() for rows in draws])
    intervals = bootstrap.detection_intervals(bad, flagged, speaker, 50, 5)
    for name, interval in intervals.items():
        check(interval, [getattr(from_flags(bad[rows], flagged[rows]), name) for rows in draws])
    check(
        bootstrap.best_f1_interval(bad, x, speaker, 50, 5),
        [best_f1(bad[rows], x[rows]).f1 for rows in draws],
    )


def test_speakers_are_drawn_not_rows(data: dict[str, np.ndarray]) -> None:
    by_speaker = bootstrap.mean_interval(data["y"], data["speaker"])
    by_row = bootstrap.mean_interval(data["y"], np.arange(len(data["y"])))
    assert by_speaker.high - by_speaker.low > 2 * (by_row.high - by_row.low)


def test_the_seed_decides(data: dict[str, np.ndarray]) -> None:
    first = bootstrap.mean_interval(data["y"], data["speaker"], seed=1)
    assert bootstrap.mean_interval(data["y"], data["speaker"], seed=1) == first
    assert bootstrap.mean_interval(data["y"], data["speaker"], seed=2) != first


def test_names_of_speakers_and_the_order_of_rows_do_not_matter(
    data: dict[str, np.ndarray],
) -> None:
    names = np.array([f"s{s:02d}" for s in data["speaker"]])
    order = np.random.default_rng(0).permutation(len(names))
    expected = bootstrap.pearson_interval(data["x"], data["y"], data["speaker"])
    shuffled = bootstrap.pearson_interval(data["x"][order], data["y"][order], names[order])
    assert shuffled.low == pytest.approx(expected.low)


def test_where_nothing_can_be_said_there_is_nan() -> None:
    one_speaker = bootstrap.mean_interval([1.0, 2.0], ["a", "a"])
    constant = bootstrap.pearson_interval([0.1, 0.1, 0.1], [1, 2, 3], ["a", "b", "c"])
    no_draws = bootstrap.mean_interval([1.0, 2.0], ["a", "b"], n_draws=0)
    empty = bootstrap.mean_interval([], [])
    none_bad = bootstrap.best_f1_interval([False, False], [1, 2], ["a", "b"])
    for interval in (one_speaker, constant, no_draws, empty, none_bad):
        assert np.isnan([interval.mean, interval.low, interval.high]).all()
