"""The public class: a recording and its text in, scores out."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voicecoach import config, pretrained
from voicecoach.audio import io
from voicecoach.audio.spec import AudioSpec
from voicecoach.errors import InputError
from voicecoach.scoring.aligner import align
from voicecoach.scoring.decision import DecisionSpec
from voicecoach.scoring.extras import find_extras, repeated_word, without
from voicecoach.scoring.results import DELETED, PhoneScore, SentenceScore, WordScore
from voicecoach.text.phones import PHONE_INDEX, PHONES, to_ipa
from voicecoach.text.sentence import Sentence
from voicecoach.text.transcribe import transcribe

if TYPE_CHECKING:
    from voicecoach.scoring.extras import Extra
    from voicecoach.scoring.judge import Scores
    from voicecoach.scoring.model import ModelSpec, ScorerModel

MAX_DURATION_S = 29.0
"""Longest recording: the trunk hears 30 s, of which half a second is the silence at the end."""

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
        missing = specs.keys() - loaded.config.keys()
        if missing:
            raise InputError(
                f"{folder} is no packed scorer: config.yaml lacks {sorted(missing)[0]}."
            )
        audio, model_spec, decision = (
            config.parse(loaded.config[key], spec, source=folder / "config.yaml")
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
        self, audio: Audio, text: str | Sentence, sample_rate: int | None = None
    ) -> SentenceScore:
        """Scores one recording of one sentence.

        Args:
            audio: a file, or a waveform (n_samples,) in [-1, 1] with its ``sample_rate`` in Hz.
            text: what was meant to be said, as text or as words with phones.
            sample_rate: of a waveform; files know their own.

        Raises:
            InputError: the audio or the text cannot be used, or do not fit each other in length.
        """
        return next(self.score_many([(audio, text)], sample_rate))

    def score_many(
        self,
        pairs: Iterable[tuple[Audio, str | Sentence]],
        sample_rate: int | None = None,
        batch_size: int = 1,
    ) -> Iterator[SentenceScore]:
        """Scores recordings one after the other, in order; holds one batch at a time.

        Args:
            pairs: (audio, text) as for ``score``.
            sample_rate: of waveforms.
            batch_size: recordings computed together. The scores are those of one by one.

        Raises:
            InputError: as ``score``, at the batch that holds the bad recording.
        """
        pairs = iter(pairs)
        while batch := list(islice(pairs, batch_size)):
            yield from self._score_batch(batch, sample_rate)

    def _score_batch(
        self, pairs: Sequence[tuple[Audio, str | Sentence]], sample_rate: int | None
    ) -> list[SentenceScore]:
        import torch

        from voicecoach.scoring.batching import collate_inputs, make_example
        from voicecoach.scoring.features import log_mel_of
        from voicecoach.scoring.judge import SILENCE, Scores

        sentences = [transcribe(text) if isinstance(text, str) else text for _, text in pairs]
        waveforms = [self._waveform(audio, sample_rate) for audio, _ in pairs]
        log_mels = [log_mel_of(waveform, self.audio) for waveform in waveforms]
        nowhere = [np.zeros((sum(len(w.phones) for w in s), 2), dtype=np.int64) for s in sentences]
        examples = map(make_example, log_mels, sentences, nowhere)
        inputs = collate_inputs(list(examples)).to(self.device)
        added = []  # per recording, the words that were said but are not in the sentence
        with torch.inference_mode():
            features, logits = self.model.listen(inputs.log_mel, inputs.lengths)
            log_posteriors = logits.float().log_softmax(-1).cpu().numpy()
            for i, (sentence, waveform) in enumerate(zip(sentences, waveforms, strict=True)):
                n_frames = len(waveform) // self.audio.hop_length  # without the appended silence
                words = [[PHONE_INDEX[phone] for phone in word.phones] for word in sentence]
                heard = log_posteriors[i, :n_frames]
                extras = find_extras(heard, words, SILENCE)
                segments, _ = align(without(heard, extras, SILENCE), words, SILENCE)
                inputs.segments[i, : len(segments)] = torch.from_numpy(segments)
                added.append(self._extra_words(extras, sentence, words))
            scores = Scores.mean(self.model.judge(features, logits, inputs))
        segments = inputs.segments.cpu().numpy()
        return [
            self._result(sentence, len(waveform), scores, segments[i], i, added[i])
            for i, (sentence, waveform) in enumerate(zip(sentences, waveforms, strict=True))
        ]

    def _waveform(self, audio: Audio, sample_rate: int | None) -> np.ndarray:
        if isinstance(audio, (str, Path)):
            return io.load(audio, self.audio.sample_rate, max_duration_s=MAX_DURATION_S)
        if sample_rate is None:
            raise InputError("A waveform needs its sample rate: pass sample_rate in Hz.")
        waveform = np.asarray(audio, dtype=np.float32)
        if waveform.ndim != 1 or not np.isfinite(waveform).all():
            raise InputError("A waveform must be one row of finite samples.")
        if len(waveform) > MAX_DURATION_S * sample_rate:
            raise InputError(
                f"The recording lasts {len(waveform) / sample_rate:.0f} s: "
                f"record at most {MAX_DURATION_S:.0f} s, one sentence at a time."
            )
        return io.resample(waveform, sample_rate, self.audio.sample_rate)

    def _extra_words(
        self, extras: "Sequence[Extra]", sentence: Sentence, words: Sequence[Sequence[int]]
    ) -> list[tuple[int, WordScore]]:
        """Words for what the sentence does not hold, each with the number of the word after it."""
        added = []
        for extra in extras:
            again = repeated_word(extra, words)
            heard = "".join(to_ipa(PHONES[phone]) for phone in extra.phones)
            word = WordScore(
                text=f"/{heard}/" if again is None else sentence[again].text,
                accuracy=0.0,
                total=0.0,
                start_ms=extra.start * self.audio.frame_shift_ms,
                end_ms=extra.end * self.audio.frame_shift_ms,
                phones=(),
                error="insertion" if again is None else "repetition",
            )
            added.append((extra.before, word))
        return added

    def _result(
        self,
        sentence: Sentence,
        n_samples: int,
        scores: "Scores",
        segments: np.ndarray,
        row: int,
        added: Sequence[tuple[int, WordScore]],
    ) -> SentenceScore:
        """Numbers to types: one row of a batch, cut to its own words and phones."""
        from voicecoach.scoring.judge import SILENCE

        logits = scores.realised[row] / self.decision.realised_temperature
        probabilities = logits.softmax(-1).cpu().numpy()
        confidences, realised = probabilities.max(-1), probabilities.argmax(-1)
        canonical = [PHONE_INDEX[phone] for word in sentence for phone in word.phones]
        others = 1.0 - probabilities[np.arange(len(canonical)), canonical]
        phone_scores = scores.phones[row].cpu().numpy()
        word_scores = (5 * scores.words[row]).clamp(0, 10).tolist()
        accuracy, completeness, fluency, prosody, total = (
            (5 * scores.sentence[row]).clamp(0, 10).tolist()
        )
        duration_ms = 1000.0 * n_samples / self.audio.sample_rate
        times_ms = segments * self.audio.frame_shift_ms
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
                    )
                )
            left_out = probabilities[first : first + len(word.phones), SILENCE].mean()
            first += len(word.phones)
            error = "mispronunciation" if any(p.flagged for p in phones) else "none"
            if left_out > self.decision.omission_above:
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
        for before, extra in reversed(added):
            words.insert(before, extra)
        return SentenceScore(
            text=" ".join(word.text for word in sentence),
            accuracy=accuracy,
            fluency=fluency,
            prosody=prosody,
            completeness=completeness,
            total=total,
            duration_ms=duration_ms,
            words=tuple(words),
        )
