"""Scores a whole corpus into ``scores.jsonl``: many processes, resumable, in flat memory."""

import functools
import hashlib
import json
import logging
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import IO, Any

from voicecoach.data.atomic import write_json
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.pretrained import resolve
from voicecoach.scoring.export import to_record

SCORES = "scores.jsonl"
RUN = "run.json"
_IN_FLIGHT_PER_JOB = 4  # enough to keep a process busy while another one has a long recording

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Failure:
    """An utterance that could not be scored; ``reason`` is one line."""

    utt: str
    wav: str
    reason: str


def score_corpus(
    utterances: Sequence[Utterance],
    out: Path,
    model: str | None = None,
    jobs: int = 1,
    threads: int | None = None,
    on_done: Callable[[int], None] = lambda count: None,
) -> list[Failure]:
    """Appends the record of every utterance that ``out/scores.jsonl`` does not hold yet.

    The lines come in the order of ``utterances`` whatever ``jobs`` is, and each is written before
    the next is waited for, so that an interrupted run goes on where it stopped.

    Args:
        utterances: what to score.
        out: an existing folder.
        model: name or folder of the checkpoint; None is the packaged one.
        jobs: number of processes, each with a scorer of its own; 1 works in this process.
        threads: PyTorch threads in each process; None leaves PyTorch's choice.
        on_done: called with the number of utterances that are finished (those of an earlier run
            at once).

    Returns:
        The utterances whose recording could not be scored; they are tried again next time.

    Raises:
        InputError: the file holds another corpus or another model's scores or is damaged, there
            is no such model, the disk is full, or a process was ended from outside.
    """
    _check_same_model(out, resolve(model))
    path = out / SCORES
    done = _repair(path, {utterance.utt: utterance for utterance in utterances})
    todo = [utterance for utterance in utterances if utterance.utt not in done]
    on_done(len(done))
    failures: list[Failure] = []
    if not todo:
        return failures
    try:
        with path.open("a", encoding="utf-8", newline="\n") as file:
            for outcome in _outcomes(todo, model, jobs, threads):
                if isinstance(outcome, Failure):
                    failures.append(outcome)
                else:
                    _append(file, outcome)
                on_done(1)
    except BrokenProcessPool as error:
        raise InputError(
            "A scoring process was ended from outside, perhaps for want of memory: run the same "
            "command again with fewer --jobs; what is scored is kept."
        ) from error
    except OSError as error:
        raise InputError(
            f"Cannot write {path} ({error.strerror}): make room and run the same command again; "
            "what is scored is kept."
        ) from error
    return failures


def read_records(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a ``scores.jsonl``, one at a time.

    Raises:
        InputError: the file is missing or a line is no JSON object.
    """
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                yield _parse(line, path, number)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"Cannot read {path}: {error}.") from error


def _check_same_model(out: Path, checkpoint: Path) -> None:
    """Notes in ``out/run.json`` which weights are used; refuses to mix those of two models."""
    digest = hashlib.sha256()
    for name in ("config.yaml", "model.safetensors"):
        with (checkpoint / name).open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    run = {"checkpoint_sha256": digest.hexdigest()}
    path = out / RUN
    if path.exists() and (out / SCORES).exists():
        if json.loads(path.read_text(encoding="utf-8")) != run:
            raise InputError(f"{out} holds the scores of another model: choose another --out.")
    else:
        write_json(path, run, indent=2)


def _append(file: IO[str], record: dict[str, Any]) -> None:
    # One write and a flush: after a crash at most the last line is torn, and `_repair` drops it.
    file.write(json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n")
    file.flush()


def _parse(line: str | bytes, path: Path, number: int) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError:
        record = None
    if not isinstance(record, dict) or not isinstance(record.get("utt"), str):
        raise InputError(
            f"{path} line {number} is not a record of voicecoach evaluate: choose another --out."
        )
    return record


def _repair(path: Path, utterances: dict[str, Utterance]) -> set[str]:
    """Ids that an earlier run has scored. A last line without its end is cut off."""
    if not path.exists():
        return set()
    done: set[str] = set()
    try:
        with path.open("r+b") as file:
            whole = 0
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    file.truncate(whole)
                    break
                record = _parse(line, path, number)
                _check_same_corpus(path, record, utterances)
                done.add(record["utt"])
                whole += len(line)
    except OSError as error:
        raise InputError(f"Cannot continue {path}: {error.strerror}.") from error
    return done


def _check_same_corpus(
    path: Path, record: dict[str, Any], utterances: dict[str, Utterance]
) -> None:
    utterance = utterances.get(record["utt"])
    words = [word.text for word in utterance.sentence] if utterance else None
    if words is None or words != [word.get("text") for word in record.get("words", [])]:
        raise InputError(
            f"{path} holds {record['utt']}, which is not in these data or has another text there: "
            "choose another --out."
        )


def _outcomes(
    todo: list[Utterance], model: str | None, jobs: int, threads: int | None
) -> Iterator[dict[str, Any] | Failure]:
    if jobs == 1:
        worker = _Worker(model, threads)
        yield from map(worker.score, todo)
        return
    # "spawn": forked copies of PyTorch's thread pool can hang.
    with ProcessPoolExecutor(
        jobs, get_context("spawn"), initializer=_leave_interrupt_to_parent
    ) as pool:
        waiting: deque[Future[dict[str, Any] | Failure]] = deque()
        try:
            for utterance in todo:
                waiting.append(pool.submit(_score_in_process, model, threads, utterance))
                if len(waiting) >= jobs * _IN_FLIGHT_PER_JOB:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


class _Worker:
    """One process' scorer."""

    def __init__(self, model: str | None, threads: int | None) -> None:
        if threads is not None:
            import torch

            torch.set_num_threads(threads)
        from voicecoach.scoring.scorer import Scorer

        self.scorer = Scorer.from_pretrained(model)

    def score(self, utterance: Utterance) -> dict[str, Any] | Failure:
        try:
            score = self.scorer.score(utterance.wav, utterance.sentence)
            return to_record(utterance.utt, score, utterance.sentence)
        except InputError as error:
            reason = str(error)
        except Exception as error:
            # A batch of thousands must not end at one recording; the trace goes to the log.
            _log.exception("%s", utterance.utt)
            reason = f"unexpected {type(error).__name__}: {error}"
        return Failure(utterance.utt, str(utterance.wav), " ".join(reason.split()))


@functools.cache
def _worker(model: str | None, threads: int | None) -> _Worker:
    """The one worker of this process, made at its first recording."""
    return _Worker(model, threads)


def _score_in_process(
    model: str | None, threads: int | None, utterance: Utterance
) -> dict[str, Any] | Failure:
    return _worker(model, threads).score(utterance)


def _leave_interrupt_to_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
