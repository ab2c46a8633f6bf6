from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from voicecoach.coaching.direction import Tokens, compare, find_tokens
from voicecoach.coaching.norms import Norms
from voicecoach.text.phones import PHONE_INDEX

SPREAD = np.array([0.1, 0.1, 0.05, 0.3])


def made(n=300, seed=0):
    """Badly said phones of twenty speakers."""
    rng = np.random.default_rng(seed)
    said, nothing = rng.normal(7, 0.3, (n, 4)), np.zeros((n, 4))
    truth = said + rng.normal(0, 1, (n, 4)) * SPREAD
    speakers = np.array([f"s{k % 20}" for k in range(n)])
    return Tokens(np.arange(n), said, truth, nothing, nothing, speakers)


def rows_of(tokens, **arrows):
    return {row.name: row for row in compare([tokens], [arrows], SPREAD, "rule")}


def test_the_truth_is_the_best_and_chance_leads_nowhere():
    tokens = made()
    way = tokens.truth - tokens.said
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 1, way.shape) * SPREAD
    rows = rows_of(
        tokens, rule=way + 2 * noise, truth=way, random=noise, half=0.5 * way,
        away=-way, none=np.zeros_like(way),
    )  # fmt: skip
    assert (rows["truth"].cosine, rows["truth"].removed) == pytest.approx((1, 1))
    assert (rows["half"].cosine, rows["half"].removed) == pytest.approx((1, 0.5))
    assert (rows["away"].cosine, rows["away"].removed) == pytest.approx((-1, -1))
    assert (rows["none"].cosine, rows["none"].removed) == pytest.approx((0, 0))
    assert abs(rows["random"].cosine) < 0.1
    assert rows["random"].removed < 0
    interval = rows["random"].cosine_interval
    assert interval.low < 0 < interval.high
    for row in rows.values():
        assert row.n_tokens == 300
        assert row.cosine_interval.low - 1e-9 <= row.cosine <= row.cosine_interval.high + 1e-9
        assert row.removed_interval.low - 1e-9 <= row.removed <= row.removed_interval.high + 1e-9
    gain = rows["truth"].cosine_gain
    assert gain.mean == pytest.approx(1 - rows["rule"].cosine, abs=0.01)
    assert gain.low > 0
    assert rows["rule"].cosine_gain.high == rows["rule"].removed_gain.low == 0


def test_folds_are_put_together_and_units_do_not_matter():
    one, two = made(seed=0), made(seed=1)
    ways = [t.truth - t.said for t in (one, two)]
    arrows = [{"rule": ways[0]}, {"rule": -ways[1]}]
    (row,) = compare([one, two], arrows, SPREAD, "rule")
    assert (row.n_tokens, row.cosine) == (600, pytest.approx(0, abs=1e-9))
    arrow = 0.3 * ways[0] + 0.02
    scale = np.array([2.0, 5.0, 0.1, 10.0])
    wide = replace(one, said=one.said * scale, truth=one.truth * scale)
    usual = compare([one], [{"rule": arrow}], SPREAD, "rule")[0]
    other = compare([wide], [{"rule": arrow * scale}], SPREAD * scale, "rule")[0]
    assert (other.cosine, other.removed) == pytest.approx((usual.cosine, usual.removed))


def table_of(phones, scores, speakers, targets):
    """Phones of which only the scalars are known, each speaker with one recording."""
    names, utterances = np.unique(speakers, return_inverse=True)
    folder = SimpleNamespace(
        targets=targets,
        phones=np.array([PHONE_INDEX[phone] for phone in phones]),
        scores=np.array(scores),
        speakers=names[utterances],
        utterances=utterances,
        path=Path("none"),
    )
    return SimpleNamespace(folder=folder, inputs=torch.zeros(0), contexts=torch.zeros(0))


def test_only_bad_phones_with_good_ones_of_the_same_speaker_are_tokens():
    phones = ["IY"] * 5 + ["AA"] * 3 + ["IY"] * 4
    scores = [0.2, 2, 2, 1.8, 0.4, 0.2, 2, 2, 0.1, 2, 2, 2]
    speakers = ["a"] * 8 + ["b"] * 4
    rng = np.random.default_rng(0)
    targets = np.full((12, 6), np.nan)
    targets[:, :4] = rng.normal(7, 0.2, (12, 4))
    targets[4, 1] = np.nan  # cannot be relied on
    native = np.full((39, 4), 6.9)
    norms = Norms(native, np.zeros((39, 4, 4)), native + 0.1, SPREAD)
    table = table_of(phones, scores, speakers, targets)
    tokens = find_tokens(table, np.arange(12), norms)
    assert list(tokens.rows) == [0, 8]  # AA has two good ones only
    assert list(tokens.speakers) == ["a", "b"]
    np.testing.assert_allclose(tokens.said, targets[[0, 8], :4])
    np.testing.assert_allclose(tokens.truth[0], targets[1:4, :4].mean(0))
    np.testing.assert_allclose(tokens.truth[1], targets[9:, :4].mean(0))
    away = targets[8:, :4] - 6.9
    np.testing.assert_allclose(tokens.voice[1], away.sum(0) / (4 + 5))
    np.testing.assert_allclose(tokens.learner_voice[1], (away - 0.1).sum(0) / (4 + 5))
    assert list(find_tokens(table, np.arange(1, 12), norms).rows) == [8]
