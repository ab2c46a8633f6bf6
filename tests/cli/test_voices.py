"""``voicecoach voices``: the list, and deleting."""

import json


def test_without_any_of_ones_own(run) -> None:
    result = run("voices")
    assert result.exit_code == 0
    assert "reference  built in" in result.stdout and "kathleen   built in" in result.stdout
    assert "voicecoach enroll NAME" in result.stdout
    assert [row["name"] for row in json.loads(run("voices", "--json").stdout)] == [
        "reference",
        "kathleen",
    ]


def test_enrolled_voices_with_their_speech_and_day(run, enrolled) -> None:
    shown = run("voices").stdout
    assert "ann        enrolled" in shown and "2026-11-20" in shown
    assert "ann: enrolled, " in run("voices", "--plain").stdout
    row = json.loads(run("voices", "--json").stdout)[-1]
    assert row["name"] == "ann" and row["clips"] == 4
    assert row["speech_s"] > 5
    assert row["folder"] == str(enrolled)
    assert row["enrolled"].startswith("2026-11-20T12:00")


def test_a_damaged_voice_is_listed_and_can_be_deleted(run, enrolled) -> None:
    (enrolled / "profile.json").write_text("{}")
    result = run("voices")
    assert result.exit_code == 0
    assert "ann        enrolled  damaged" in result.stdout
    assert "The voice 'ann' is damaged" in result.stdout
    assert "damaged" in json.loads(run("voices", "--json").stdout)[-1]["error"]
    assert run("voices", "--delete", "ann", "--yes").exit_code == 0
    assert not enrolled.exists()


def test_deleting_asks(run, enrolled) -> None:
    assert "Nothing was deleted" in run("voices", "--delete", "ann", stdin="\n").stdout
    assert enrolled.exists()
    assert "Deleted" in run("voices", "--delete", "ann", stdin="y\n").stdout
    assert not enrolled.exists()


def test_what_cannot_be_deleted(run, enrolled) -> None:
    for arguments, message in [
        (["--delete", "bob", "--yes"], "no enrolled voice 'bob'"),
        (["--delete", "kathleen", "--yes"], "no name of an enrolled voice"),
        (["--delete", "../voices/ann", "--yes"], "cannot be called"),
        (["--yes"], "--delete"),
    ]:
        result = run("voices", *arguments)
        assert result.exit_code == 2
        assert message in result.stderr
    assert enrolled.exists()
