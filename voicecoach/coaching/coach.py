"""The public class: a recording and its text in, what to change and the improved sound out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voicecoach import config, pretrained
from voicecoach.audio.morph import Edit, Morphed
from voicecoach.coaching.results import Change, Coaching, PhoneFeedback
from voicecoach.errors import InputError
from voicecoach.scoring.results import DELETED, EXTRA, PhoneScore, SentenceScore
from voicecoach.scoring.scorer import Audio, Scorer
from voicecoach.text.phones import PHONE_INDEX, SONORANTS
from voicecoach.text.sentence import Sentence

if TYPE_CHECKING:
    from voicecoach.coaching.backwards import Edited, FeedbackSpec
    from voicecoach.coaching.network import Scales
    from voicecoach.coaching.norms import Norms
    from voicecoach.coaching.tokens import Tokens
    from voicecoach.core.multitask import MultitaskNetwork

DEFAULT = "coach-en"
_LEAST_MS = 20.0
LEAST_EXAGGERATED, MOST_EXAGGERATED = 0.1, 3.0

Improved = Morphed
"""A recording with better sounds, and where each of its moments has gone to."""


@dataclass(frozen=True)
class _Place:
    """Where a phone stands: ``word`` in the score, ``phone`` in the word."""

    word: int
    phone: int
    said: PhoneScore


class Coach:
    """Says what to change in a recorded sentence, and lets it be heard. Make it with
    ``from_pretrained``."""

    def __init__(
        self,
        network: "MultitaskNetwork",
        scales: "Scales",
        norms: "Norms",
        spec: "FeedbackSpec",
        scorer: Scorer,
    ) -> None:
        self.network = network.eval()
        self.scales = scales
        self.norms = norms
        self.spec = spec
        self.scorer = scorer

    @classmethod
    def from_pretrained(
        cls, name_or_folder: str | Path | None = None, scorer: Scorer | None = None
    ) -> "Coach":
        """Loads a checkpoint.

        Args:
            name_or_folder: a packaged name or a checkpoint folder; None takes the default.
            scorer: whose trunk the coach hears with; None loads the default one.

        Raises:
            InputError: there is no such checkpoint, or it is damaged or no coach.
        """
        from voicecoach.coaching.backwards import FeedbackSpec
        from voicecoach.coaching.trained import Trained

        folder = pretrained.resolve(name_or_folder or DEFAULT)
        trained = Trained.load(folder)
        if "feedback" not in trained.config:
            raise InputError(f"{folder} is no packed coach: config.yaml lacks feedback.")
        spec = config.parse(trained.config["feedback"], FeedbackSpec, folder / "config.yaml")
        scorer = scorer or Scorer.from_pretrained()
        return cls(trained.network, trained.scales, trained.norms, spec, scorer)

    def feedback(
        self,
        audio: Audio,
        text: str | Sentence,
        sample_rate: int | None = None,
        score: SentenceScore | None = None,
        contour: bool = False,
    ) -> Coaching:
        """What to change in one recording.

        Args:
            audio: a file, or a waveform (n_samples,) in [-1, 1] with its ``sample_rate`` in Hz.
            text: what was meant to be said, as text or as words with phones.
            sample_rate: of a waveform.
            score: what the scorer said of it, where that is known.
            contour: also follows the pitch, for pictures: slower than all the rest.

        Raises:
            InputError: as ``Scorer.score``.
        """
        from voicecoach.coaching.arrows import find_arrows
        from voicecoach.coaching.contours import measure_contour
        from voicecoach.coaching.voice import duration_ranges, estimate, vowel_regions
        from voicecoach.scoring.wording import stresses_of
        from voicecoach.text.transcribe import transcribe

        waveform = self.scorer.waveform(audio, sample_rate)
        rate = self.scorer.audio.sample_rate
        sentence = transcribe(text) if isinstance(text, str) else text
        score = score or self.scorer.score(waveform, text, rate)
        places = _places(score)
        tokens = self._tokens(waveform, places)
        edited = self._edit(tokens)
        # A wrong sound says nothing of how this voice says the right one.
        right = np.array([not place.said.flagged for place in places], dtype=bool)
        voice = estimate(edited.before[right], tokens.phones.numpy()[right], self.norms)
        stresses = stresses_of(score, sentence)
        chosen = self._choose(places)
        phones = []
        for number in chosen:
            place = places[number]
            arrows, change = (), None
            if is_measurable(place.said):
                arrows = find_arrows(
                    place.said.phone, edited.before[number], edited.after[number], self.norms.spread
                )
                change = _change(edited, number, place.said.phone)
            word = score.words[place.word]
            phones.append(
                PhoneFeedback(
                    word=place.word,
                    phone=place.phone,
                    said=place.said,
                    word_text=word.text,
                    stress=stresses[place.word][place.phone],
                    arrows=arrows,
                    change=change,
                    f1_f2_said=_f1_f2(edited.before[number], place.said.phone),
                )
            )
        return Coaching(
            score=score,
            phones=tuple(phones),
            n_flagged=sum(place.said.flagged for place in places),
            speaker=voice.speaker,
            durations=duration_ranges(places, voice, self.norms),
            vowels=vowel_regions(voice, self.norms),
            contour=measure_contour(waveform, rate) if contour else None,
            f1_f2_said=tuple(
                (place.said.phone, float(f1), float(f2))
                for number, place in enumerate(places)
                if number not in chosen
                for _, f1, f2 in _f1_f2(edited.before[number], place.said.phone)[:1]
            ),
            sentence=sentence,
        )

    def improve(
        self,
        audio: Audio,
        coaching: Coaching,
        sample_rate: int | None = None,
        *,
        exaggerate: float = 1.0,
        prosody: bool = False,
    ) -> Improved:
        """The learner's own recording with better sounds; all else stays as it is.

        Args:
            audio: the recording that ``coaching`` is about.
            coaching: of ``feedback``.
            sample_rate: of a waveform.
            exaggerate: above 0; how far to go, where 1 is as far as the arrows do.
            prosody: durations and pitch of the whole sentence change, too.

        Raises:
            InputError: the recording cannot be used, or ``exaggerate`` is not from
                ``LEAST_EXAGGERATED`` to ``MOST_EXAGGERATED``.
        """
        check_exaggerate(exaggerate)
        waveform = self.scorer.waveform(audio, sample_rate)
        changes = {(p.word, p.phone): p.change for p in coaching.phones if p.change}
        if prosody:
            for key, change in self.changes(waveform, coaching.score).items():
                silent = np.zeros_like(change.envelope_db)
                kept = changes.get(key) or replace(change, envelope_db=silent, voicing=None)
                changes[key] = replace(kept, pitch_cents=change.pitch_cents)
            changes = keep_length(changes, coaching.score)
        else:
            changes = {key: replace(change, pitch_cents=0.0) for key, change in changes.items()}
        return self.apply(waveform, coaching.score, changes, exaggerate)

    def changes(self, audio: Audio, score: SentenceScore) -> dict[tuple[int, int], Change]:
        """How each phone that was said would have to change, by (word, phone) in the score."""
        waveform = self.scorer.waveform(audio, self.scorer.audio.sample_rate)
        places = _places(score)
        edited = self._edit(self._tokens(waveform, places))
        return {(p.word, p.phone): _change(edited, i, p.said.phone) for i, p in enumerate(places)}

    def apply(
        self,
        audio: Audio,
        score: SentenceScore,
        changes: Mapping[tuple[int, int], Change],
        exaggerate: float = 1.0,
    ) -> Improved:
        """A recording, at the coach's sample rate or in a file, with changed phones."""
        from voicecoach.audio.morph import morph
        from voicecoach.coaching.parts import band_hz

        rate = self.scorer.audio.sample_rate
        waveform = self.scorer.waveform(audio, rate)
        edits = _edits(_places(score), changes, 1000 * len(waveform) / rate)
        return morph(waveform, rate, edits, band_hz=band_hz(), exaggerate=exaggerate)

    def _tokens(self, waveform: np.ndarray, places: list[_Place]) -> "Tokens":
        """What the network is given of each phone."""
        import torch

        from voicecoach.coaching.tokens import assemble, measure, moments_of
        from voicecoach.scoring.batching import pad
        from voicecoach.scoring.features import log_mel_of

        audio = self.scorer.audio
        log_mel = log_mel_of(waveform, audio)
        times_ms = np.array([place.said.sound_ms for place in places])
        # There may be no place at all: silence is a sentence whose words were all left out.
        segments = np.round(times_ms.reshape(-1, 2) / audio.frame_shift_ms).astype(np.int64)
        moments = moments_of(segments, len(log_mel))
        measured = measure(waveform, audio.sample_rate, moments, audio.frame_shift_ms)
        with torch.no_grad():
            heard = self.scorer.model.listen(*(x.to(self.scorer.device) for x in pad([log_mel])))[0]
            phones = np.array([PHONE_INDEX[place.said.phone] for place in places], dtype=np.int64)
            return assemble(
                heard[0].cpu(),
                torch.from_numpy(log_mel),
                measured,
                moments,
                segments,
                phones,
                audio.frame_shift_ms,
            )

    def _edit(self, tokens: "Tokens") -> "Edited":
        from voicecoach.coaching.backwards import improve_phones

        return improve_phones(
            self.network, self.scales, tokens.inputs, tokens.context, tokens.phones, self.spec
        )

    def _choose(self, places: list[_Place]) -> list[int]:
        """The worst flagged phones of which the scorer is sure, worst first."""
        sure = [
            number
            for number, place in enumerate(places)
            if place.said.flagged
            and place.said.other_probability >= self.spec.least_other_probability
        ]
        return sorted(sure, key=lambda number: places[number].said.score)[: self.spec.most_phones]


def check_exaggerate(times: float) -> None:
    """Raises ``InputError`` where ``Coach.improve`` does not go so far."""
    if not LEAST_EXAGGERATED <= times <= MOST_EXAGGERATED:
        raise InputError(
            f"Cannot exaggerate {times:g} times: give {LEAST_EXAGGERATED:g} to "
            f"{MOST_EXAGGERATED:g}."
        )


def keep_length(
    changes: Mapping[tuple[int, int], Change], score: SentenceScore
) -> dict[tuple[int, int], Change]:
    """The same changes with other durations, so that all together last as long as before.

    Each phone is moved towards its usual length, and those that are long without a mistake, as at
    the end of a sentence, would make the whole a fifth shorter. The rate is the learner's own.

    Args:
        changes: by (word, phone) in the score.
        score: of the recording.
    """
    spans_ms = [score.words[w].phones[p].sound_ms for w, p in changes]
    old_ms = np.diff(spans_ms).ravel()
    ratios = np.array([change.duration_ratio for change in changes.values()])
    total = float((old_ms * ratios).sum() / old_ms.sum()) if old_ms.any() else 1.0
    return {
        key: replace(change, duration_ratio=change.duration_ratio / total)
        for key, change in changes.items()
    }


def is_measurable(said: PhoneScore) -> bool:
    """Whether there is a sound to be changed: False where it was left out, or squeezed by its
    neighbours into the least that the aligner gives."""
    start_ms, end_ms = said.sound_ms
    return said.realised != DELETED and end_ms - start_ms > _LEAST_MS


def _places(score: SentenceScore) -> list[_Place]:
    """The phones of the intended words that were said."""
    return [
        _Place(w, p, phone)
        for w, word in enumerate(score.words)
        if word.error not in EXTRA and word.error != "omission"
        for p, phone in enumerate(word.phones)
    ]


def _change(edited: "Edited", number: int, phone: str) -> Change:
    """How the sound of one phone is to be changed.

    What would change in every sound of the recording belongs to the voice, and stays: otherwise
    the learner would sound like the mean of all learners. So does the loudness of a sonorant,
    which is a matter of stress.
    """
    from voicecoach.coaching.arrows import change_of_duration
    from voicecoach.coaching.parts import MOMENT, band_hz, split

    old, new = (split(parts)[1] for parts in (edited.before, edited.after))
    pitch, voicing = (MOMENT.index(name) for name in ("log_f0", "voicing"))
    change_db = (new - old)[..., len(MOMENT) :]
    envelope_db = change_db[number] - change_db.mean((0, 1))
    if phone in SONORANTS:
        envelope_db -= envelope_db.mean()
    was, will = (moments[number, :, voicing].mean() > 0.5 for moments in (old, new))
    cents = 1200 / np.log(2) * (new - old)[number, :, pitch].mean()
    return Change(
        envelope_db=envelope_db,
        band_hz=band_hz(),
        duration_ratio=change_of_duration(edited.before[number], edited.after[number]),
        pitch_cents=float(cents),
        voicing=float(will) if was != will else None,
    )


def _f1_f2(parts: np.ndarray, phone: str) -> tuple[tuple[str, float, float], ...]:
    """(where, F1, F2 in Hz) of a vowel, at both ends of a diphthong; empty for a consonant."""
    from voicecoach.coaching.parts import split
    from voicecoach.text.phones import CLASS_OF

    scalars, moments = split(parts)
    if CLASS_OF[phone] == "vowel":
        rows = {"middle": scalars}
    elif CLASS_OF[phone] == "diphthong":
        rows = {"start": moments[1], "end": moments[4]}
    else:
        return ()
    return tuple((at, float(np.exp(r[0])), float(np.exp(r[1]))) for at, r in rows.items())


def _edits(
    places: list[_Place], changes: Mapping[tuple[int, int], Change], end_ms: float
) -> list[Edit]:
    """Changes as edits of the recording, without overlap."""
    edits, after_ms = [], 0.0
    for place in places:
        change = changes.get((place.word, place.phone))
        start_ms, stop_ms = place.said.sound_ms
        start_ms, stop_ms = max(start_ms, after_ms), min(stop_ms, end_ms)
        if change is None or stop_ms - start_ms < 1:
            continue
        after_ms = stop_ms
        edits.append(
            Edit(
                start_ms,
                stop_ms,
                envelope_db=change.envelope_db,
                duration_ratio=change.duration_ratio,
                pitch_cents=change.pitch_cents,
                voicing=change.voicing,
            )
        )
    return edits
