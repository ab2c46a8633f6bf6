import numpy as np

from voicecoach.scoring.rivals import realised_priors, rival_probabilities
from voicecoach.text.phones import PHONE_INDEX, PHONES


def test_rivals_are_others_and_mostly_the_usual_confusions():
    rivals = rival_probabilities()
    np.testing.assert_allclose(rivals.sum(1), 1.0)
    assert (np.diag(rivals) == 0).all()
    assert (
        rivals[PHONE_INDEX["R"], PHONE_INDEX["L"]]
        > 10 * rivals[PHONE_INDEX["R"], PHONE_INDEX["IY"]]
    )


def test_priors_are_probabilities_and_follow_the_doubt():
    phones = np.array([[PHONE_INDEX["TH"], PHONE_INDEX["R"]]])
    priors = realised_priors(phones, np.array([[0.03, 0.5]]), left_out_share=0.2)
    assert priors.shape == (1, 2, len(PHONES) + 1)
    np.testing.assert_allclose(priors.sum(-1), 1.0)
    assert (priors >= 0).all()
    assert priors[0, 0, PHONE_INDEX["TH"]] == 0.97
    np.testing.assert_allclose(priors[0, 1, [PHONE_INDEX["R"], len(PHONES)]], [0.5, 0.1])
