from voicecoach.metrics.levels import SNR_GROUPS
from voicecoach.metrics.report import (
    BREAKDOWN_HEADER,
    HEADER,
    breakdown_rows,
    main_rows,
    markdown,
    markdown_table,
)
from voicecoach.metrics.scoring import score_metrics


def test_rows_show_what_was_measured(records: list[dict]) -> None:
    metrics = score_metrics(records, means={"W": 1.0}, n_draws=50)
    rows = {name: (value, interval) for name, value, interval in main_rows(metrics)}
    pcc = metrics["phone"]["pcc"]
    assert rows["phone PCC"] == (f"{pcc['value']:.3f}", f"{pcc['low']:.3f} to {pcc['high']:.3f}")
    assert rows["word stress PCC"] == ("n/a", "")
    assert "always the phone's mean: phone PCC" in rows
    assert "flagged phones: recall" in rows
    assert [row[0] for row in breakdown_rows(metrics)][:4] == ["adult", "child", "female", "male"]


def test_rows_leave_out_what_was_not_measured(records: list[dict]) -> None:
    for record in records:
        del record["words"][0]["flagged"]
    names = [name for name, _, _ in main_rows(score_metrics(records, n_draws=0))]
    assert not any("flagged" in name or "mean" in name or "expert" in name for name in names)


def test_noise_and_goodness_have_rows_where_they_are_known(records: list[dict]) -> None:
    old = score_metrics(records, n_draws=0)
    for index, record in enumerate(records):
        record["snr-db"] = (25.0, 35.0, 45.0)[index % 3]
        for word in record["words"]:
            word["goodness"] = [score - 3.0 for score in word["phones-accuracy"]]
    new = score_metrics(records, n_draws=50)
    rows = {name: (value, interval) for name, value, interval in main_rows(new)}
    assert rows["raw goodness of pronunciation: phone PCC"] == rows["phone PCC"]
    assert rows["raw goodness of pronunciation: best F1"] == rows["best F1 over thresholds"]
    assert not any("goodness" in name for name, _, _ in main_rows(old))
    names = [row[0] for row in breakdown_rows(new)]
    assert names[4:7] == list(SNR_GROUPS)
    assert names[:4] + names[7:] == [row[0] for row in breakdown_rows(old)]
    assert markdown(new).count("| SNR ") == 3


def test_a_bar_in_a_cell_does_not_end_it() -> None:
    assert markdown_table(("a|b", "c"), [("x", "y")])[0] == r"| a\|b | c |"


def test_markdown_tables_are_rectangular(records: list[dict]) -> None:
    text = markdown(score_metrics(records, n_draws=10))
    assert text.startswith("40 utterances of 8 speakers, 80 words, 240 phones")
    tables = [block.splitlines() for block in text.strip().split("\n\n")[1:]]
    for table, header in zip(tables, (HEADER, BREAKDOWN_HEADER), strict=True):
        assert {line.count("|") for line in table} == {len(header) + 1}
