from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from voicecoach.coaching.panels.timeline import spectrogram
from voicecoach.coaching.panels.view import View
from voicecoach.coaching.panels.vowels import outline, ways
from voicecoach.coaching.pictures import PANELS, applicable, compose, draw
from voicecoach.coaching.results import Arrow, VowelRegion
from voicecoach.errors import InputError

F2_ARROW, F1_ARROW = Arrow("f2", 1650, 1980, strength=3), Arrow("f1", 640, 540)


def view_of(made) -> View:
    return View(made.coaching, made.speech.waveform, made.speech.sample_rate, made.reference)


def written(figure: Figure) -> list[Text]:
    """All texts that are seen."""
    texts = list(figure.texts)
    for axes in figure.axes:
        texts += [*axes.texts, axes.xaxis.label, axes.yaxis.label, axes.title]
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            texts += [
                tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high
            ]
    return [text for text in texts if text.get_visible() and text.get_text().strip()]


def check_texts(figure: Figure) -> None:
    """No text covers another, and none reaches over the edge."""
    figure.draw_without_rendering()
    boxes = [(text, text.get_window_extent()) for text in written(figure)]
    for text, box in boxes:
        assert box.x0 >= 0 and box.y0 >= 0, text
        assert box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1, text
    for (one, a), (other, b) in combinations(boxes, 2):
        width = min(a.x1, b.x1) - max(a.x0, b.x0)
        height = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert width <= 0.5 or height <= 0.5, (one.get_text(), other.get_text())


def test_no_text_covers_another_and_what_is_to_change_is_written(made) -> None:
    figure = compose(view_of(made))
    check_texts(figure)
    text = "\n".join(item.get_text() for item in written(figure))
    if made.coaching.n_flagged:
        assert f"{made.coaching.n_flagged} sound" in text
    for number, feedback in enumerate(made.coaching.phones, 1):
        assert f'{number}. In "{feedback.word_text}"' in text
    assert all(word.text in text for word in made.coaching.score.words)


@pytest.mark.parametrize("panel", PANELS)
def test_each_panel_stands_alone(made, panel: str) -> None:
    figure = compose(view_of(made), [panel])
    check_texts(figure)
    assert figure.axes


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_a_picture_is_1200_pixels_wide_and_always_the_same(make, tmp_path, suffix: str) -> None:
    made = make("The ship is here", {(1, 1): ((F2_ARROW, F1_ARROW), "IY")})
    paths = [tmp_path / f"{name}{suffix}" for name in "ab"]
    for path in paths:
        draw(
            made.coaching, path, waveform=made.speech.waveform,
            sample_rate=made.speech.sample_rate, reference=made.reference,
        )  # fmt: skip
    first, second = (path.read_bytes() for path in paths)
    assert first == second
    if suffix == ".png":
        assert int.from_bytes(first[16:20], "big") == 1200
    else:
        assert b"<svg" in first
        assert b'width="864pt"' in first  # 12 inches
    assert sorted(tmp_path.iterdir()) == paths


def test_only_what_there_is_to_show_is_in_the_overview(make) -> None:
    made = make("The ship is here", {(1, 1): ((F2_ARROW, F1_ARROW), "IY")})
    assert applicable(view_of(made)) == ("vowels", "pitch", "durations", "spectrogram")
    consonant = make("The ship is here", {(1, 0): ((Arrow("duration", 60, 120),), "SH")})
    assert "vowels" not in applicable(view_of(consonant))
    bare = replace(made.coaching, contour=None, durations=(), vowels=())
    assert applicable(View(bare)) == ()
    check_texts(compose(View(bare)))


def test_what_cannot_be_drawn_is_refused(make, tmp_path: Path) -> None:
    coaching = make("The ship is here", {}).coaching
    with pytest.raises(InputError, match=r"must end in \.png or \.svg"):
        draw(coaching, tmp_path / "a.jpg")
    with pytest.raises(InputError, match="spectrogram: there is no recording"):
        draw(coaching, tmp_path / "a.png", panels=["spectrogram"])
    with pytest.raises(InputError, match="vowels"):
        draw(replace(coaching, vowels=()), tmp_path / "a.png", panels=["vowels"])
    with pytest.raises(InputError, match="pitch"):
        draw(replace(coaching, contour=None), tmp_path / "a.png", panels=["pitch"])
    with pytest.raises(ValueError, match="formants"):
        draw(coaching, tmp_path / "a.png", panels=["formants"])
    blocker = tmp_path / "file"
    blocker.touch()
    with pytest.raises(InputError, match="Cannot write"):
        draw(coaching, blocker / "a.png", panels=["durations"])
    assert list(tmp_path.iterdir()) == [blocker]


def test_the_vowel_chart_is_reversed_and_shows_the_way(make) -> None:
    made = make("The ship is here", {(1, 1): ((F2_ARROW, F1_ARROW), "IY")})
    (axes,) = compose(view_of(made), ["vowels"]).axes
    assert axes.xaxis.get_inverted()
    assert axes.yaxis.get_inverted()
    arrow = next(text for text in axes.texts if text.arrow_patch is not None)
    assert (arrow.xyann, arrow.xy) == ((1650, 640), (1980, 540))
    label = next(text.get_text() for text in axes.texts if "ship" in text.get_text())
    assert label == '1  ɪ in "ship"\nF2 1650 → 1980 Hz\nF1 640 → 540 Hz'
    letters = {text.get_text() for text in axes.texts}
    assert {"i", "æ", "ɑ", "u"} <= letters


def test_a_vowel_with_one_arrow_stays_where_it_was_in_the_other_formant(make) -> None:
    made = make("The ship is here", {(1, 1): ((F2_ARROW,), "IY")})
    (feedback,) = made.coaching.phones
    assert ways(feedback) == [("middle", (1650, 640), (1980, 640))]
    assert ways(replace(feedback, f1_f2_said=())) == []
    assert ways(replace(feedback, arrows=())) == []


def test_an_ellipse_holds_two_thirds_of_what_native_speakers_say() -> None:
    covariance = np.array([[0.02, -0.008], [-0.008, 0.01]])
    line = outline(VowelRegion("IH", 480, 2300, tuple(map(tuple, covariance))))
    drawn = np.random.default_rng(0).multivariate_normal([0, 0], covariance, 4000)
    inverse = np.linalg.inv(covariance)
    edge = np.log(line[:, ::-1]) - np.log([480, 2300])
    radius = np.sqrt(np.einsum("ni,ij,nj->n", edge, inverse, edge))
    assert np.ptp(radius) < 1e-9
    inside = np.einsum("ni,ij,nj->n", drawn, inverse, drawn) < radius[0] ** 2
    assert inside.mean() == pytest.approx(2 / 3, abs=0.03)


def test_a_long_sentence_is_cut_into_lines_without_a_gap(make) -> None:
    made = make("we walked through the quiet forest and watched the birds " * 3, {})
    lines = view_of(made).lines
    assert len(lines) >= 3
    assert [line.last for line in lines[:-1]] == [line.first for line in lines[1:]]
    assert [line.end_ms for line in lines[:-1]] == [line.start_ms for line in lines[1:]]
    assert (lines[0].first, lines[-1].last) == (0, len(made.coaching.score.words))
    words = made.coaching.score.words
    for line in lines:
        assert sum(len(word.phones) for word in words[line.first : line.last]) <= 50
    check_texts(compose(view_of(made)))


def test_a_tone_stands_where_it_was_played() -> None:
    rate = 16_000
    seconds = np.arange(rate) / rate
    tone = np.where((seconds > 0.4) & (seconds < 0.6), np.sin(2 * np.pi * 3000 * seconds), 0)
    level_db, times_s, hz = spectrogram(tone.astype(np.float32), rate)
    assert level_db.shape == (len(hz), len(times_s))
    frame = np.argmin(np.abs(times_s - 0.5))
    assert hz[level_db[:, frame].argmax()] == pytest.approx(3000, abs=50)
    loud = times_s[level_db.max(axis=0) > level_db.max() - 20]
    assert (loud[0], loud[-1]) == pytest.approx((0.4, 0.6), abs=0.01)
    assert spectrogram(np.zeros(5, np.float32), rate)[0].shape[0] == len(hz)
