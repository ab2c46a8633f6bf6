import pytest
import torch

from voicecoach.scoring.batching import collate_inputs
from voicecoach.scoring.judge import N_CLASSES, Scores
from voicecoach.scoring.model import ScorerModel
from voicecoach.scoring.objective import LossWeights, collate, losses

WEIGHTS = LossWeights(frames=0.3, grades=0.3, phones=2, realised=0.2, words=1, sentence=2)


def trunks(tiny_spec):
    return {
        "transformer": tiny_spec,
        "recurrent": tiny_spec.model_copy(update={"trunk": "recurrent"}),
    }


@pytest.mark.parametrize("trunk", ["transformer", "recurrent"])
def test_batch_equals_single(trunk, make, tiny_spec):
    torch.manual_seed(0)
    model = ScorerModel(trunks(tiny_spec)[trunk], n_mels=5).eval()
    examples = [make(60), make(75), make(91)]
    with torch.no_grad():
        logits, recognised, opinions = model(collate_inputs(examples))
        together = Scores.mean(opinions)
        for row, example in enumerate(examples):
            alone_logits, alone_recognised, opinions = model(collate_inputs([example]))
            alone = Scores.mean(opinions)
            n = len(example.log_mel)
            torch.testing.assert_close(logits[row, :n], alone_logits[0], atol=1e-5, rtol=1e-4)
            torch.testing.assert_close(recognised[row], alone_recognised[0], atol=1e-5, rtol=1e-4)
            for name in ("grades", "words", "sentence"):
                torch.testing.assert_close(
                    getattr(together, name)[row], getattr(alone, name)[0], atol=1e-5, rtol=1e-4
                )


def test_shapes_and_scale(make, tiny_spec):
    model = ScorerModel(tiny_spec, n_mels=5).eval()
    logits, recognised, opinions = model(collate_inputs([make(61), make(60)]))
    scores = Scores.mean(opinions)
    assert len(opinions) == tiny_spec.judges
    assert logits.shape == (2, 61, N_CLASSES)
    assert scores.words.shape == (2, 3, 3)
    assert scores.sentence.shape == (2, 5)
    assert recognised.shape == (2, 6, N_CLASSES)
    assert ((scores.phones >= 0) & (scores.phones <= 2)).all()


def test_sure_grades_are_their_number():
    grades = torch.eye(3)[None] * 100
    nothing = torch.zeros(1)
    torch.testing.assert_close(Scores(grades, *[nothing] * 2).phones, torch.tensor([[0.0, 1, 2]]))


def test_a_few_steps_lower_every_part_of_the_loss(make, tiny_spec):
    torch.manual_seed(0)
    model = ScorerModel(tiny_spec, n_mels=5)
    batch = collate([make(60), make(80)], ["a", "b"])
    optimiser = torch.optim.Adam(model.parameters(), lr=3e-3)
    first = losses(model, batch, WEIGHTS)
    for _ in range(60):
        optimiser.zero_grad()
        losses(model, batch, WEIGHTS)["total"].backward()
        optimiser.step()
    last = losses(model, batch, WEIGHTS)
    assert set(last) == {*LossWeights.model_fields, "total"}
    for name, value in last.items():
        assert value < first[name], name


def test_scores_teach_the_trunk_but_not_what_names_the_phones(make, tiny_spec):
    model = ScorerModel(tiny_spec, n_mels=5)
    *_, opinions = model(collate_inputs([make()]))
    Scores.mean(opinions).phones.sum().backward()
    assert model.trunk.conv1.weight.grad.abs().sum() > 0
    assert all(p.grad is None for p in model.frame_head.parameters())
    assert all(p.grad is None for p in model.recogniser.parameters())


def test_what_the_trunk_heard_before_stands_in_for_it(make, tiny_spec):
    torch.manual_seed(0)
    model = ScorerModel(tiny_spec, n_mels=5).eval()
    inputs = collate_inputs([make(61), make(80)])
    with torch.no_grad():
        *_, opinions = model(inputs)
        inputs.heard, _ = model.trunk(inputs.log_mel, inputs.lengths)
        inputs.log_mel = torch.full_like(inputs.log_mel, torch.nan)  # not looked at any more
        *_, again = model(inputs)
    torch.testing.assert_close(Scores.mean(again).phones, Scores.mean(opinions).phones)


def test_the_mean_of_judges_is_that_of_their_probabilities():
    torch.manual_seed(0)
    shapes = {"grades": (1, 4, 3), "words": (1, 2, 3), "sentence": (1, 5)}
    opinions = [Scores(**{k: torch.randn(v) for k, v in shapes.items()}) for _ in range(3)]
    mean = Scores.mean(opinions)
    torch.testing.assert_close(mean.phones, torch.stack([o.phones for o in opinions]).mean(0))
    torch.testing.assert_close(mean.sentence, torch.stack([o.sentence for o in opinions]).mean(0))
    probabilities = torch.stack([o.grades.softmax(-1) for o in opinions]).mean(0)
    torch.testing.assert_close(mean.grades.softmax(-1), probabilities)
