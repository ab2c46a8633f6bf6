"""The public class: a recording and its text in, scores out."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voicecoach import config, pretrained
from voicecoach.audio import io
from voicecoach.audio.level import estimate_snr_db, find_onset_s
from voicecoach.audio.spec import AudioSpec
from voicecoach.errors import InputError, TooLong
from voicecoach.scoring.decision import DecisionSpec
from voicecoach.scoring.extras import repeated_word
from voicecoach.scoring.fit import measure_fit
from voicecoach.scoring.placing import Place, place, place_said
from voicecoach.scoring.results import DELETED, Fit, PhoneScore, SentenceScore, WordScore
from voicecoach.scoring.rivals import realised_priors
from voicecoach.text.phones import PHONE_INDEX, PHONES, to_ipa
from voicecoach.text.sentence import Sentence
from voicecoach.text.transcribe import transcribe

if TYPE_CHECKING:
    from torch import Tensor

    from voicecoach.scoring.extras import Extra
    from voicecoach.scoring.judge import Scores
    from voicecoach.scoring.model import ModelSpec, ScorerModel

MAX_DURATION_S = 29.0
"""Longest recording: the trunk hears 30 s, of which half a second is the silence at the end."""

LEAD_S = 0.55
"""Longest silence before the first sound that the network hears. The learners who trained it began
0.53 s (median) into their recordings, and more silence is taken for hesitation: 1 s more costs 0.4
points of the total. How long somebody thinks before reading is no matter of pronunciation."""

Audio = str | Path | np.ndarray


class Scorer:
    """Scores every sound of a recorded sentence. Make it with ``from_pretrained``."""

    def __init__(
        self, model: "ScorerModel", audio: AudioSpec, decision: DecisionSpec, device: str = "cpu"
    ) -> None:
        self.model = model.to(device).eval()
        self.audio = audio
        self.decision = decision
        self.device = device

    @classmethod
    def from_pretrained(
        cls, name_or_folder: str | Path | None = None, device: str = "cpu"
    ) -> "Scorer":
        """Loads a checkpoint.

        Args:
            name_or_folder: a packaged name or a checkpoint folder; None takes the default model.
            device: "cpu", "cuda" or "cuda:1".

        Raises:
            InputError: there is no such checkpoint, or it is damaged or no scorer.
        """
        from voicecoach.scoring.model import ModelSpec, ScorerModel
        from voicecoach.training import checkpoint

        folder = pretrained.resolve(name_or_folder)
        loaded = checkpoint.load(folder)
        specs = {"audio": AudioSpec, "model": ModelSpec, "decision": DecisionSpec}
        # Before stage 7 has measured any, a checkpoint holds no decisions.
        values = {"decision": {}, **loaded.config}
        missing = specs.keys() - values.keys()
        if missing:
            raise InputError(f"{folder} is no scorer: config.yaml lacks {sorted(missing)[0]}.")
        audio, model_spec, decision = (
            config.parse(values[key], spec, source=folder / "config.yaml")
            for key, spec in specs.items()
        )
        model = ScorerModel(model_spec, audio.n_mels)
        checkpoint.load_weights(model, loaded.tensors, folder)
        return cls(model, audio, decision, device)

    @property
    def spec(self) -> "ModelSpec":
        """Sizes of the network."""
        return self.model.spec

    def score(
        self,
        audio: Audio,
        text: str | Sentence,
        sample_rate: int | None = None,
        variants: bool | None = None,
    ) -> SentenceScore:
        """Scores one recording of one sentence.

        Args:
            audio: a file, or a waveform (n_samples,) in [-1, 1] with its ``sample_rate`` in Hz.
            text: what was meant to be said, as text or as words with phones.
            sample_rate: of a waveform; files know their own.
            variants: whether other accepted pronunciations of the words (weak forms, flaps) are
                scored where they were said. None: of text yes, of words with phones no.

        Raises:
            InputError: the audio or the text cannot be used, or do not fit each other in length.
        """
        return next(self.score_many([(audio, text)], sample_rate, variants=variants))

    def score_many(
        self,
        pairs: Iterable[tuple[Audio, str | Sentence]],
        sample_rate: int | None = None,
        batch_size: int = 1,
        variants: bool | None = None,
    ) -> Iterator[SentenceScore]:
        """Scores recordings one after the other, in order; holds one batch at a time.

        Args:
            pairs: (audio, text) as for ``score``.
            sample_rate: of waveforms.
            batch_size: recordings computed together. The scores are those of one by one.
            variants: as for ``score``.

        Raises:
            InputError: as ``score``, at the batch that holds the bad recording.
        """
        pairs = iter(pairs)
        while batch := list(islice(pairs, batch_size)):
            yield from self._score_batch(batch, sample_rate, variants)

    def _score_batch(
        self,
        pairs: Sequence[tuple[Audio, str | Sentence]],
        sample_rate: int | None,
        variants: bool | None,
    ) -> list[SentenceScore]:
        import torch

        from voicecoach.scoring.batching import collate_inputs, make_example, pad
        from voicecoach.scoring.features import log_mel_of
        from voicecoach.scoring.judge import Scores, goodness_of_pronunciation

        waveforms = [self.waveform(audio, sample_rate) for audio, _ in pairs]
        leads = [self._lead_frames(waveform) for waveform in waveforms]
        heard = [w[n * self.audio.hop_length :] for w, n in zip(waveforms, leads, strict=True)]
        log_mels = [log_mel_of(waveform, self.audio) for waveform in heard]
        with torch.inference_mode():
            features, logits = self.model.listen(*(x.to(self.device) for x in pad(log_mels)))
            log_posteriors = logits.float().log_softmax(-1).cpu().numpy()
            placed, fits = [], []
            for row, waveform, (_, text) in zip(log_posteriors, heard, pairs, strict=True):
                n_frames = len(waveform) // self.audio.hop_length  # without the appended silence
                choose = isinstance(text, str) if variants is None else variants
                sentence = transcribe(text) if isinstance(text, str) else text
                found = place(row[:n_frames], sentence, choose)
                placed.append(found)
                fits.append(measure_fit(row[:n_frames], found, self.audio.frame_shift_ms))
            examples = [
                make_example(log_mel, found.sentence, found.segments)
                for log_mel, found in zip(log_mels, placed, strict=True)
            ]
            inputs = collate_inputs(examples).to(self.device)
            lenient = inputs.segments.clone()
            for row, found in zip(lenient, placed, strict=True):
                row[: len(found.lenient_segments)] = torch.from_numpy(found.lenient_segments)
            both = torch.cat([inputs.segments, lenient], 1)
            recognised = self.model.recogniser(features, inputs.lengths, both)
            recognised, by_ear = recognised.chunk(2, dim=1)
            scores = Scores.mean(self.model.judge(features, logits, recognised, inputs))
            said = self._said(by_ear, inputs.phones, scores.grades.softmax(-1)[..., 0])
            goodness = goodness_of_pronunciation(logits.float().log_softmax(-1), inputs)
        results = []
        for i, found in enumerate(placed):
            heard_ms = self._heard_ms(log_posteriors[i], found, leads[i], said[i], scores.phones[i])
            results.append(
                self._result(
                    found,
                    waveforms[i],
                    leads[i],
                    fits[i],
                    scores,
                    said[i],
                    heard_ms,
                    goodness[i],
                    i,
                )
            )
        return results

    def waveform(self, audio: Audio, sample_rate: int | None = None) -> np.ndarray:
        """(n_samples,) float32 at the rate that the network hears.

        Raises:
            TooLong: it lasts more than ``MAX_DURATION_S``.
            InputError: it cannot be read otherwise.
        """
        if isinstance(audio, (str, Path)):
            return io.load(audio, self.audio.sample_rate, max_duration_s=MAX_DURATION_S)
        if sample_rate is None:
            raise InputError("A waveform needs its sample rate: pass sample_rate in Hz.")
        waveform = np.asarray(audio, dtype=np.float32)
        if waveform.ndim != 1 or not np.isfinite(waveform).all():
            raise InputError("A waveform must be one row of finite samples.")
        if len(waveform) > MAX_DURATION_S * sample_rate:
            raise TooLong(
                f"The recording lasts {len(waveform) / sample_rate:.0f} s: "
                f"record at most {MAX_DURATION_S:.0f} s, one sentence at a time."
            )
        return io.resample(waveform, sample_rate, self.audio.sample_rate)

    def _lead_frames(self, waveform: np.ndarray) -> int:
        """How many frames of silence are left out at the beginning."""
        surplus_s = find_onset_s(waveform, self.audio.sample_rate) - LEAD_S
        return max(0, int(1000 * surplus_s / self.audio.frame_shift_ms))

    def _said(self, recognised: "Tensor", phones: "Tensor", wrong: "Tensor") -> np.ndarray:
        """Probabilities (batch, n_phones, 40) of what was said, for canonical phones that the
        judges take for wrong with some probability."""
        import torch

        from voicecoach.scoring.recogniser import posterior

        decision = self.decision
        others = wrong.clamp(decision.other_floor, 1 - decision.other_floor)
        priors = realised_priors(
            phones.cpu().numpy(), others.cpu().numpy(), decision.left_out_share
        )
        priors = torch.from_numpy(priors).float().to(phones.device)
        return posterior(recognised, priors).cpu().numpy()

    def _heard_ms(
        self,
        log_posteriors: np.ndarray,
        found: Place,
        lead: int,
        probabilities: np.ndarray,
        phone_scores: "Tensor",
    ) -> dict[int, tuple[float, float]]:
        """Start and end of what was said instead of flagged phones, by number of the phone."""
        canonical = np.concatenate(found.words)
        n = len(canonical)
        flagged = phone_scores[:n].cpu().numpy() < self.decision.flag_below
        left_out = probabilities[:n].argmax(-1) == len(PHONES)
        others = probabilities[:n, : len(PHONES)].copy()
        others[np.arange(n), canonical] = 0.0
        wrong = flagged & ~left_out
        if not wrong.any():
            return {}
        said = np.where(wrong, others.argmax(-1), canonical)
        n_frames = int(found.n_frames)
        segments = place_said(log_posteriors[:n_frames], found, said)
        times_ms = (lead + segments) * self.audio.frame_shift_ms
        return {
            int(i): (float(times_ms[i, 0]), float(times_ms[i, 1])) for i in np.flatnonzero(wrong)
        }

    def _extra_word(self, extra: "Extra", found: Place, lead: int) -> WordScore:
        """A word for what the sentence does not hold."""
        again = repeated_word(extra, found.words)
        heard = "".join(to_ipa(PHONES[phone]) for phone in extra.phones)
        return WordScore(
            text=f"/{heard}/" if again is None else found.sentence[again].text,
            accuracy=0.0,
            total=0.0,
            start_ms=(lead + extra.start) * self.audio.frame_shift_ms,
            end_ms=(lead + extra.end) * self.audio.frame_shift_ms,
            phones=(),
            error="insertion" if again is None else "repetition",
        )

    def _result(
        self,
        found: Place,
        waveform: np.ndarray,
        lead: int,
        fit: Fit,
        scores: "Scores",
        probabilities: np.ndarray,
        heard_ms: dict[int, tuple[float, float]],
        goodness: "Tensor",
        row: int,
    ) -> SentenceScore:
        """Numbers to types: one row of a batch, cut to its own words and phones."""
        sentence, segments = found.sentence, found.segments

        confidences, realised = probabilities.max(-1), probabilities.argmax(-1)
        canonical = [PHONE_INDEX[phone] for word in sentence for phone in word.phones]
        others = 1.0 - probabilities[np.arange(len(canonical)), canonical]
        phone_scores = scores.phones[row].cpu().numpy()
        word_scores = (5 * scores.words[row]).clamp(0, 10).tolist()
        accuracy, completeness, fluency, prosody, total = (
            (5 * scores.sentence[row]).clamp(0, 10).tolist()
        )
        duration_ms = 1000.0 * len(waveform) / self.audio.sample_rate
        times_ms = (lead + segments) * self.audio.frame_shift_ms
        words, first = [], 0
        for number, word in enumerate(sentence):
            phones = []
            for i, phone in enumerate(word.phones, start=first):
                sure = confidences[i] >= self.decision.realised_min_confidence
                heard = (*PHONES, DELETED)[realised[i]]
                phones.append(
                    PhoneScore(
                        phone=phone,
                        score=float(phone_scores[i]),
                        start_ms=float(times_ms[i, 0]),
                        end_ms=float(times_ms[i, 1]),
                        flagged=bool(phone_scores[i] < self.decision.flag_below),
                        realised=heard if sure else None,
                        confidence=float(confidences[i]),
                        other_probability=float(others[i]),
                        goodness=float(goodness[i]),
                        heard_ms=heard_ms.get(i),
                    )
                )
            first += len(word.phones)
            error = "mispronunciation" if any(p.flagged for p in phones) else "none"
            if found.omission_gains[number] > self.decision.omission_gain:
                error = "omission"
            word_accuracy, word_stress, word_total = word_scores[number]
            words.append(
                WordScore(
                    text=word.text,
                    accuracy=word_accuracy,
                    total=word_total,
                    start_ms=phones[0].start_ms,
                    end_ms=phones[-1].end_ms,
                    phones=tuple(phones),
                    error=error,
                    stress=word_stress,
                )
            )
        for extra in reversed(found.extras):
            words.insert(extra.before, self._extra_word(extra, found, lead))
        return SentenceScore(
            text=" ".join(word.text for word in sentence),
            accuracy=accuracy,
            fluency=fluency,
            prosody=prosody,
            completeness=completeness,
            total=total,
            duration_ms=duration_ms,
            words=tuple(words),
            snr_db=estimate_snr_db(waveform, self.audio.sample_rate),
            fit=fit,
        )
