"""The recipe end to end: every stage, on a corpus that is spoken here and now."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from voicecoach.audio import io
from voicecoach.cli.main import app
from voicecoach.coaching.coach import Coach
from voicecoach.data import first_alignment
from voicecoach.scoring.scorer import Scorer
from voicecoach.synthesis import voices
from voicecoach.synthesis.reference import ReferenceVoice
from voicecoach.text.transcribe import transcribe

TEXTS = ("RED BEARS LEFT TEN BEDS", "LET MEN REST", "SHE LIKES RED APPLES")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """A folder like speechocean762 with four training speakers and two test speakers.

    Each says EH badly in the first word and well in others, which the coach is measured by.
    """
    return make_corpus(tmp_path_factory.mktemp("corpus"), TEXTS)


def make_corpus(root, texts):
    """Training speakers read all texts but the last, test speakers the last."""
    voice = ReferenceVoice()
    rng = np.random.default_rng(0)
    scores, text_phone = {}, []
    for name, speakers in (("train", "abcd"), ("test", "ef")):
        tables = {"wav.scp": [], "text": [], "utt2spk": []}
        for speaker in speakers:
            for number, text in enumerate(texts[:-1] if name == "train" else texts[-1:]):
                utt = f"{speaker}{number}"
                speech = voice.speak(text.lower(), rate=float(rng.uniform(0.8, 1.2)))
                (root / "WAVE").mkdir(exist_ok=True)
                io.save(root / "WAVE" / f"{utt}.wav", speech.waveform, speech.sample_rate)
                tables["wav.scp"].append(f"{utt}\tWAVE/{utt}.wav")
                tables["text"].append(f"{utt}\t{text}")
                tables["utt2spk"].append(f"{utt}\t{speaker}")
                words = []
                for position, word in enumerate(transcribe(text.lower())):
                    text_phone.append(f"{utt}.{position}\t{' '.join(word.phones)}")
                    words.append(
                        {
                            "text": text.split()[position],
                            "accuracy": int(rng.integers(3, 11)),
                            "stress": 10,
                            "total": int(rng.integers(3, 11)),
                            "phones": list(word.phones),
                            "phones-accuracy": [
                                float(2 * (position > 0) if phone == "EH" else rng.choice(3))
                                for phone in word.phones
                            ],
                        }
                    )
                names = ("accuracy", "completeness", "fluency", "prosodic", "total")
                sentence = {name: int(rng.integers(3, 11)) for name in names}
                scores[utt] = {"text": text, **sentence, "words": words}
        (root / name).mkdir()
        for table, lines in tables.items():
            (root / name / table).write_text("\n".join(lines) + "\n")
    (root / "resource").mkdir()
    (root / "resource" / "scores.json").write_text(json.dumps(scores))
    (root / "resource" / "text-phone").write_text("\n".join(text_phone) + "\n")
    return root


@pytest.fixture
def tiny_configs(repo, tmp_path):
    """A network and a training that are over in seconds."""
    model, train, augment = (tmp_path / f"{name}.yaml" for name in ("model", "train", "augment"))
    model.write_text(
        f"base: {repo}/conf/model/scorer.yaml\ntrunk_width: 16\ntrunk_layers: 1\ntrunk_heads: 2\n"
        "judges: 1\njudge_width: 16\njudge_layers: 1\njudge_heads: 2\n"
    )
    train.write_text(
        f"base: {repo}/conf/train/score.yaml\ntrunk_from: nothing\nfreeze_trunk: false\nepochs: 1\n"
    )
    augment.write_text(f"base: {repo}/conf/train/augment.yaml\nroom_probability: 0.0\n")
    return ["--model", model, "--train-config", train, "--augment", augment]


def run_recipe(
    repo: Path,
    *options: object,
    recipe: str = "speechocean762/score1",
    before_path: Path | None = None,
) -> subprocess.CompletedProcess:
    # The recipe calls `voicecoach`, which lies beside the Python that runs the tests.
    modules = {}
    if before_path is not None:
        found = (str(before_path), os.environ.get("PYTHONPATH"))
        modules["PYTHONPATH"] = os.pathsep.join(filter(None, found))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", repo / f"egs/{recipe}/run.sh", *map(str, options)],
        env={**os.environ, "PATH": path, "OMP_NUM_THREADS": "1", **modules},
        capture_output=True,
        text=True,
        check=False,
    )


def test_all_stages(repo, corpus, tiny_configs, tmp_path):
    pytest.importorskip("pocketsphinx")
    options = ["--corpus", corpus, "--exp", tmp_path / "exp", "--folds", 2, "--copies", 2]
    options += ["--also-augment", tiny_configs[-1]]
    options += ["--jobs", 1, "--seeds", "0 1", "--pack-to", tmp_path / "packed", *tiny_configs]
    done = run_recipe(repo, *options)
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith("Stage")] == [
        f"Stage {number}: {name}"
        for number, name in enumerate(
            ("data", "validate", "features", "train", "infer", "measure", "pack"), start=1
        )
    ]
    cross_validated = (tmp_path / "exp/seed1/scores.jsonl").read_text().splitlines()
    assert sorted(json.loads(line)["utt"] for line in cross_validated) == [
        f"{speaker}{number}" for speaker in "abcd" for number in range(2)
    ]
    assert "±" in done.stdout  # over the two seeds
    realigned = first_alignment.load_alignments(tmp_path / "exp/features/train/alignments.npz")
    first = first_alignment.load_alignments(tmp_path / "exp/features/train/first.npz")
    assert realigned.segments.keys() == first.segments.keys()
    metrics = json.loads((tmp_path / "exp/test/metrics.json").read_text())
    assert metrics["counts"]["utterances"] == 2
    assert (tmp_path / "packed/model.safetensors").stat().st_size > 1000

    # One stage alone, and again: what is there is kept.
    before = (tmp_path / "exp/full/last/model.safetensors").read_bytes()
    again = run_recipe(repo, *options, "--stage", 4, "--stop-stage", 4)
    assert again.returncode == 0, again.stderr
    assert "Stage 4: train" in again.stdout
    assert "Stage 5" not in again.stdout
    assert (tmp_path / "exp/full/last/model.safetensors").read_bytes() == before


def test_all_stages_of_the_coach(repo, corpus, tiny_configs, tmp_path):
    pytest.importorskip("pocketsphinx")
    pytest.importorskip("parselmouth", reason="formants to learn from need the train extra")
    model, train, scored = (tmp_path / name for name in ("coach.yaml", "how.yaml", "scored"))
    model.write_text(f"base: {repo}/conf/model/coach.yaml\ninputs: {16 + 80 + 10}\nshared: 4\n")
    train.write_text(f"base: {repo}/conf/train/coach.yaml\nphones_per_batch: 16\n")
    how = tiny_configs[3].read_text()  # only a frozen trunk keeps what it heard
    tiny_configs[3].write_text(how.replace("freeze_trunk: false", "freeze_trunk: true"))
    options = ["--corpus", corpus, "--exp", scored, "--copies", 1, "--jobs", 1, *tiny_configs]
    done = run_recipe(repo, *options, "--stop-stage", 3)
    assert done.returncode == 0, done.stderr
    training = [scored / "features/train", "--out", scored / "full", "--model", tiny_configs[1]]
    training += ["--config", tiny_configs[3], "--augment", tiny_configs[5]]
    trained = CliRunner().invoke(app, ["train", *map(str, training)])
    assert trained.exit_code == 0, trained.output

    options = ["--score-exp", scored, "--native", "", "--exp", tmp_path / "exp", "--epochs", 1]
    options += ["--folds", 2, "--jobs", 1, "--model", model, "--train-config", train]
    options += ["--pack-to", tmp_path / "packed"]
    done = run_recipe(repo, *options, recipe="speechocean762/coach1")
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith("Stage")] == [
        "Stage 3: features", "Stage 4: train", "Stage 6: measure", "Stage 7: pack"
    ]  # fmt: skip
    metrics = json.loads((tmp_path / "exp/cv/metrics.json").read_text())
    assert metrics["n_tokens"] > 0
    rows = {row["name"]: row for row in metrics["rows"]}
    assert set(rows) > {"deep feedback", "native mean", "random"}
    assert all(np.isfinite([row["cosine"], row["removed"]]).all() for row in rows.values())
    scorer = Scorer.from_pretrained(scored / "full/last")
    coach = Coach.from_pretrained(tmp_path / "packed", scorer=scorer)
    assert len(coach.feedback(corpus / "WAVE/a0.wav", TEXTS[0]).score.words) >= 4
    assert "Held-out speakers" in (tmp_path / "packed/MODEL_CARD.md").read_text()


def test_all_stages_of_a_converter(repo, tmp_path):
    pytest.importorskip("pocketsphinx")
    long = " ".join([TEXTS[0], TEXTS[1], TEXTS[2]] * 4)  # a voiceprint needs some seconds
    corpus = make_corpus(tmp_path, (TEXTS[0], long, TEXTS[1]))
    model, train, conf = tmp_path / "model.yaml", tmp_path / "train.yaml", tmp_path / "conf"
    model.write_text(
        f"base: {repo}/conf/model/converter.yaml\nwidth: 8\ndiscriminator_widths: [4, 4]\n"
    )
    small = "held_every: 2\ndev_every: 2\nframes: 32\nepochs: 1\n"
    train.write_text(f"base: {repo}/conf/train/convert.yaml\n{small}")
    conf.mkdir()
    path = conf / "convert_squares.yaml"
    path.write_text(f"base: {repo}/conf/train/convert_squares.yaml\n{small}")
    options = ["--corpus", corpus, "--exp", tmp_path / "exp", "--model", model, "--conf", conf]
    options += ["--train-config", train, "--ablations", "squares"]
    options += [
        "--stress",
        2,
        "--stress-seeds",
        "0",
        "--stress-epochs",
        1,
        "--stress-losses",
        "squares both",
        "--pack-to",
        tmp_path / "packed",
    ]
    done = run_recipe(repo, *options, recipe="speechocean762/convert1")
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith("Stage")] == [
        f"Stage {number}: {name}"
        for number, name in enumerate(
            ("data", "validate", "features", "train", "infer", "measure", "pack"), start=1
        )
    ]
    metrics = json.loads((tmp_path / "exp/test/metrics.json").read_text())
    assert metrics["counts"] == {"learners": 2, "sentences": 2}
    assert set(metrics["systems"]) == {
        "recording", "resynthesis", "reference", "vtln", "converter", "squares", "personalised",
        "vtln_personalised", "nativised",
    }  # fmt: skip
    assert metrics["systems"]["vtln"]["mcd_db"]["value"] > 0
    rows = json.loads((tmp_path / "exp/stress/stress.json").read_text())
    assert {(row["loss"], row["shift"]) for row in rows} == {
        (loss, 2) for loss in ("squares", "both")
    }
    assert "Learners never trained on" in (tmp_path / "packed/MODEL_CARD.md").read_text()


@pytest.fixture(scope="module")
def read_speech(tmp_path_factory):
    """A folder like Kathleen: eleven prompts, the tenth is for testing."""
    folder, voice, lines = tmp_path_factory.mktemp("read") / "kathleen", ReferenceVoice(), []
    (folder / "wav").mkdir(parents=True)
    for number in range(11):
        text = TEXTS[number % len(TEXTS)].capitalize() + "."
        speech = voice.speak(text, rate=1.0 + number / 50)
        io.save(folder / f"wav/a{number}.wav", speech.waveform, speech.sample_rate)
        lines.append(f"a{number}|{text}\n")
    (folder / "metadata.csv").write_text("".join(lines))
    return folder


def stages(done: subprocess.CompletedProcess) -> list[str]:
    """Those that a recipe went through."""
    assert done.returncode == 0, done.stderr
    return [line for line in done.stdout.splitlines() if line.startswith("Stage")]


@pytest.fixture(scope="module")
def voice(repo, read_speech, tmp_path_factory):
    """Where a voice was trained and packed, the options, and what was printed."""
    root = tmp_path_factory.mktemp("voice")
    model, train = root / "model.yaml", root / "train.yaml"
    model.write_text(f"base: {repo}/conf/model/synth.yaml\nwidth: 16\nheads: 2\n")
    train.write_text(f"base: {repo}/conf/train/synth.yaml\nbatch_size: 4\ndev_every: 5\n")
    options = ["--corpus", read_speech, "--exp", root / "exp", "--epochs", 2, "--jobs", 1]
    options += ["--model", model, "--train-config", train, "--pack-to", root / "packed"]
    return root, options, run_recipe(repo, *options, recipe="kathleen/synth1")


def over_voice(repo, root: Path, out: Path, sizes: str, names: tuple[str, str, str]) -> list:
    """Options of a postfilter of the voice in ``root``."""
    out.mkdir()
    how = [out / f"{name}.yaml" for name in ("filter", "gan", "squares")]
    how[0].write_text(f"base: {repo}/conf/model/{names[0]}.yaml\n{sizes}")
    for path, name in zip(how[1:], names[1:], strict=True):
        path.write_text(f"base: {repo}/conf/train/{name}.yaml\ndev_every: 5\ncrops: 1\nepochs: 1\n")
    over = ["--synth-exp", root / "exp", "--exp", out, "--model", how[0]]
    return [*over, "--train-config", how[1], "--squares", how[2]]


@pytest.fixture(scope="module")
def postfilter(repo, voice):
    """Where a postfilter of that voice was trained, and what was printed."""
    root, _, _ = voice
    sizes = "widths: [4]\ndiscriminator_widths: [4, 4]\n"
    names = ("postfilter_small", "postfilter", "postfilter_squares")
    over = over_voice(repo, root, root / "over", sizes, names)
    over += ["--pack-to", root / "packed/parametric"]
    return root / "over", run_recipe(repo, *over, recipe="kathleen/postfilter1")


@pytest.mark.xdist_group("kathleen")
def test_all_stages_of_a_voice(repo, voice):
    root, options, done = voice
    assert stages(done) == [
        f"Stage {number}: {name}"
        for number, name in enumerate(
            ("data", "validate", "features", "train", "infer", "measure", "pack"), start=1
        )
    ]
    metrics = json.loads((root / "exp/test/metrics.json").read_text())
    assert metrics["counts"] == {"sentences": 1}
    assert metrics["features"]["voice"]["mcd_db"]["value"] > 0
    assert "Sentences never trained on" in (root / "packed/MODEL_CARD.md").read_text()
    speech = voices.load(root / "packed", "none").speak("Red bears left.")
    assert [word for word, _, _ in speech.words] == ["Red", "bears", "left"]

    # What is finished is kept.
    before = (root / "exp/voice/last/model.safetensors").stat().st_mtime_ns
    again = run_recipe(repo, *options, "--stage", 3, "--stop-stage", 4, recipe="kathleen/synth1")
    assert again.returncode == 0, again.stderr
    assert (root / "exp/voice/last/model.safetensors").stat().st_mtime_ns == before


@pytest.mark.xdist_group("kathleen")
def test_all_stages_of_a_postfilter(voice, postfilter):
    out, done = postfilter
    assert stages(done) == [
        f"Stage {number}: {name}"
        for number, name in enumerate(("features", "train", "infer", "measure", "pack"), start=3)
    ]
    systems = json.loads((out / "test/metrics.json").read_text())["systems"]
    assert set(systems) >= {"natural", "none", "gv", "noise", "filters", "gan", "squares"}
    assert systems["gv"]["variance_db"]["value"] < 1.0
    for name in ("liveliness.png", "spectrograms.png"):
        assert (out / "test" / name).stat().st_size > 10000
    dull, lively = (
        voices.load(voice[0] / "packed", choice).speak("Red bears left.")
        for choice in ("none", "parametric")
    )
    assert lively.words == dull.words
    assert not np.array_equal(lively.waveform, dull.waveform)


@pytest.mark.xdist_group("kathleen")
def test_all_stages_of_a_postfilter_of_spectra(repo, voice, postfilter):
    root, out = voice[0], voice[0] / "spectra"
    sizes = "bands: {n_bands: 2, shared_rows: 32}\nwidths: [2]\ndiscriminator_widths: [2, 2]\n"
    names = ("postfilter_stft_small", "postfilter_stft", "postfilter_stft_squares")
    over = over_voice(repo, root, out, sizes, names)
    over += ["--before", postfilter[0] / "gan/postfilter", "--pack-to", root / "packed/stft"]
    assert len(stages(run_recipe(repo, *over, recipe="kathleen/postfilter_stft1"))) == 5
    systems = json.loads((out / "test/metrics.json").read_text())["systems"]
    assert systems["none"]["lsd_2_db"]["value"] > 0.0
    lively, sharper = (
        voices.load(root / "packed", choice).speak("Red bears left.")
        for choice in ("parametric", "stft")
    )
    assert sharper.words == lively.words
    assert not np.array_equal(sharper.waveform, lively.waveform)


def test_a_wrong_corpus_is_one_sentence(repo, tmp_path):
    done = run_recipe(repo, "--corpus", tmp_path, "--exp", tmp_path / "exp")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert str(tmp_path) in done.stderr


def test_unknown_options_and_help(repo):
    assert run_recipe(repo, "--nonsense", 1).returncode == 2
    shown = run_recipe(repo, "--help")
    assert shown.returncode == 0
    assert "Stages: 1 data" in shown.stdout


@pytest.fixture
def faces(tmp_path):
    """A folder like london-faces with six people: drawings whose mouths are lines or arcs."""
    root = tmp_path / "faces"
    (root / "images").mkdir(parents=True)
    rng = np.random.default_rng(0)
    columns = ["file", "identity", "sex", "age", "expression"]
    columns += [f"{axis}{i}" for i in range(1, 69) for axis in "xy"]
    lines = [",".join(columns)]
    base = rng.uniform(60, 196, (68, 2))
    base[36:42], base[42:48] = [88, 97], [168, 97]
    base[36:48] += rng.normal(scale=5, size=(12, 2))
    for person in range(6):
        for expression in ("neutral", "smiling"):
            points = base + rng.normal(scale=1, size=(68, 2))
            picture = np.full((256, 256, 3), 200, dtype=np.uint8)
            picture[90:104, 80:96] = picture[90:104, 160:176] = 30
            picture[165:185, 100 - 15 * (expression == "smiling") : 150] = 90
            name = f"{person}_{expression}.png"
            Image.fromarray(picture).save(root / "images" / name)
            sex = ("female", "male")[person % 2]
            values = (f"{value:.2f}" for value in points.ravel())
            lines.append(",".join([name, str(person), sex, "30", expression, *values]))
    (root / "labels.csv").write_text("\n".join(lines) + "\n")
    return root


def test_all_stages_for_faces(repo, faces, tmp_path):
    train = tmp_path / "train.yaml"
    train.write_text(
        f"base: {repo}/conf/train/face.yaml\nepochs: 2\nbatches_per_epoch: 2\nbatch_size: 8\n"
    )
    feedback = tmp_path / "feedback.yaml"
    feedback.write_text(f"base: {repo}/conf/feedback/face.yaml\nn_components: 2\nsteps: 2\n")
    # Drawings are no faces to OpenCV: as where it is not installed, a square is a face.
    without = tmp_path / "without"
    without.mkdir()
    (without / "cv2.py").write_text("raise ImportError\n")
    options = ["--corpus", faces, "--exp", tmp_path / "exp", "--folds", 2, "--seeds", "0 1"]
    options += ["--train-config", train, "--feedback", feedback, "--pack-to", tmp_path / "packed"]
    done = run_recipe(repo, *options, recipe="london_faces/face1", before_path=without)
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith("Stage")] == [
        f"Stage {number}: {name}"
        for number, name in enumerate(
            ("data", "validate", "features", "train", "infer", "measure", "pack"), start=1
        )
    ]
    metrics = json.loads((tmp_path / "exp/metrics.json").read_text())
    assert metrics["counts"] == {"pictures": 24, "people": 6, "pairs": 12}
    assert set(metrics["cosine"]) > {"deep feedback", "mean smile", "ridge", "input gradient"}
    card = (tmp_path / "packed/MODEL_CARD.md").read_text()
    assert "Face Research Lab London Set" in card
    assert "cosine with the real smile" in card
