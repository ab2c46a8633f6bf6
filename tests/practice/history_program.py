"""Writes attempts until it has written enough or is killed: for tests of several processes.

history_program.py FOLDER COUNT NAME prints the id of each attempt when it is safely kept.
"""

import sys

from voicecoach.practice.history import History
from voicecoach.scoring.results import PhoneScore, SentenceScore, WordScore

N_WORDS, N_PHONES = 8, 4


def make_score(text: str) -> SentenceScore:
    """Eight words of four phones."""
    phone = PhoneScore("TH", 1.5, 0.0, 80.0, False, "TH", 0.9)
    word = WordScore("word", 8.0, 8.0, 0.0, 320.0, (phone,) * N_PHONES)
    return SentenceScore(text, 8.0, 8.0, 8.0, 8.0, 8.0, 2500.0, (word,) * N_WORDS)


if __name__ == "__main__":
    folder, count, name = sys.argv[1:]
    score = make_score(name)
    with History.open(folder) as history:
        for _ in range(int(count)):
            print(history.add(score, name), flush=True)
