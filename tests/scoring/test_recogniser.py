import torch

from voicecoach.scoring.judge import N_CLASSES
from voicecoach.scoring.recogniser import CONTEXT_FRAMES, PhoneRecogniser, posterior

LENGTHS = torch.tensor([100])


def test_it_hears_the_phone_and_its_surroundings_only():
    torch.manual_seed(0)
    recogniser = PhoneRecogniser(trunk_width=6, width=8, dropout=0.0).eval()
    features = torch.randn(1, 50, 6)  # 100 frames
    segments = torch.tensor([[[40, 50]]])
    with torch.no_grad():
        before = recogniser(features, LENGTHS, segments)
        far, near = features.clone(), features.clone()
        far[:, : (40 - CONTEXT_FRAMES) // 2] += 1
        far[:, (50 + CONTEXT_FRAMES) // 2 :] += 1
        near[:, 22] += 1
        assert before.shape == (1, 1, N_CLASSES)
        torch.testing.assert_close(recogniser(far, LENGTHS, segments), before)
        assert (recogniser(near, LENGTHS, segments) - before).abs().max() > 1e-3


def test_segments_at_the_edges_are_finite():
    recogniser = PhoneRecogniser(trunk_width=6, width=8, dropout=0.0)
    segments = torch.tensor([[[0, 2], [18, 20], [20, 22], [0, 0]]])
    assert recogniser(torch.randn(1, 10, 6), torch.tensor([20]), segments).isfinite().all()


def test_posterior_is_bayes_rule():
    likelihoods = torch.tensor([0.2, 0.6, 0.1])
    priors = torch.tensor([0.9, 0.05, 0.05])
    expected = likelihoods * priors / (likelihoods * priors).sum()
    # A constant on the log-likelihoods changes nothing.
    torch.testing.assert_close(posterior(likelihoods.log() + 3, priors), expected)
