"""What to change, in sentences that can be read aloud: no colour, no table, no symbol alone."""

from dataclasses import dataclass

from voicecoach.coaching.instructions import instruct
from voicecoach.coaching.results import Coaching
from voicecoach.scoring.results import SentenceScore
from voicecoach.scoring.wording import describe_phone, stresses_of
from voicecoach.text.sentence import Sentence


@dataclass(frozen=True)
class Advice:
    """One thing to change. ``word`` counts in ``SentenceScore.words``, ``phone`` in its phones.

    ``phone`` is None where the whole word is meant (left out, added, said twice).
    ``sentence`` says it in plain English, ``instructions`` what to do, where that is known.
    """

    word: int
    phone: int | None
    sentence: str
    instructions: tuple[str, ...] = ()


def advise(
    score: SentenceScore, sentence: Sentence | None = None, coaching: Coaching | None = None
) -> list[Advice]:
    """One piece of advice for each flagged phone and each word error, in spoken order.

    Args:
        score: what the scorer returned.
        sentence: the transcribed sentence, which knows the stress; without it every AH is
            written ʌ and every ER ɝ.
        coaching: on the same score; what it says to do joins the advice on the same sound.
    """
    instructions = {
        (feedback.word, feedback.phone): tuple(
            item.sentence for item in instruct(feedback, coaching.speaker.sure)
        )
        for feedback in (coaching.phones if coaching else ())
    }
    advice = []
    for index, (word, stresses) in enumerate(
        zip(score.words, stresses_of(score, sentence), strict=True)
    ):
        if word.error == "omission":
            advice.append(Advice(index, None, f'"{word.text}" was left out.'))
        elif word.error == "insertion":
            advice.append(Advice(index, None, f'"{word.text}" is not in the sentence.'))
        elif word.error == "repetition":
            advice.append(Advice(index, None, f'"{word.text}" was said twice.'))
        else:
            for position, phone in enumerate(word.phones):
                if phone.flagged:
                    text = describe_phone(word, position, stresses[position])
                    to_do = instructions.get((index, position), ())
                    advice.append(Advice(index, position, text, to_do))
    return advice
