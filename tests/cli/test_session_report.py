import io
from types import SimpleNamespace

from rich.console import Console

from voicecoach.cli.session_report import print_session
from voicecoach.practice.exercises import from_text
from voicecoach.practice.progress import PhoneMean
from voicecoach.practice.session import Result


def printed(results: list[Result], hardest: tuple[PhoneMean, ...] = (), days: int = 0) -> str:
    stream = io.StringIO()
    history = SimpleNamespace(streak_days=lambda _today: days)
    session = SimpleNamespace(results=results, hardest_phones=lambda: hardest, history=history)
    print_session(Console(file=stream, width=100, highlight=False), session)
    return stream.getvalue()


def test_each_sentence_with_its_first_and_its_best_total() -> None:
    bear, sea = from_text("We call it bear."), from_text("I see the sea.")
    text = printed(
        [Result(bear, (6.9, 8.1, 7.5), 7.2), Result(sea, (8.0,), 9.0), Result(bear, (), None)],
        (PhoneMean("TH", 1.12, 4, 2),),
        days=3,
    )
    assert "2 sentences, 4 takes:" in text
    assert "We call it bear.  6.9, at best 8.1 (better than ever)" in text
    assert "I see the sea.  8.0\n" in text
    assert 'Hardest sounds: θ as in "thin" (1.1 of 2).' in text
    assert "3 days in a row. More: voicecoach history." in text


def test_without_a_score_there_is_nothing_to_say() -> None:
    assert printed([Result(from_text("We call it bear."), (), 9.0)]) == ""
