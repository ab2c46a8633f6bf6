"""Which phone stands in for which, when a wrong sentence is made on purpose."""

import numpy as np

from voicecoach.text.phones import PHONES, phone_class

CLOSE_SHARE = 0.7
"""How often a stand-in comes from the phones that learners really confuse."""

_GROUPS = (
    "IY IH EH EY AE",
    "AA AH AO OW AW AE",
    "UW UH OW AO",
    "ER AH R AO",
    "AY AE EY OY",
    "P B",
    "T D",
    "K G",
    "TH S F T",
    "DH Z D V L",
    "S Z SH TH",
    "SH CH ZH JH S",
    "JH CH Z D ZH",
    "V W F B",
    "L R N W",
    "M N NG",
    "HH F SH R",
    "Y JH IY",
    "W UW V",
)


def rival_probabilities() -> np.ndarray:
    """(39, 39) probability of each phone (column) to be exchanged for another (row).

    ``CLOSE_SHARE`` goes to the phones that share a group of usual confusions, the rest to all
    phones, twice as much to those of the same class. The diagonal is 0 and rows sum to 1.
    """
    n = len(PHONES)
    close = np.zeros((n, n))
    for group in _GROUPS:
        members = [PHONES.index(phone) for phone in group.split()]
        close[np.ix_(members, members)] = 1.0
    kinds = np.array([phone_class(phone) for phone in PHONES])
    rest = 1.0 + (kinds[:, None] == kinds[None])
    for matrix in (close, rest):
        np.fill_diagonal(matrix, 0.0)
        matrix /= matrix.sum(axis=1, keepdims=True)
    return CLOSE_SHARE * close + (1 - CLOSE_SHARE) * rest


def realised_priors(
    phones: np.ndarray, other_probabilities: np.ndarray, left_out_share: float
) -> np.ndarray:
    """What may be said where a phone is intended, before its sound is heard.

    Args:
        phones: (...) class of each intended phone.
        other_probabilities: (...) 0-1, that it is not said.
        left_out_share: 0-1, how much of that is "left out"; the rest goes to its rivals.

    Returns:
        (..., 40) probabilities; the last is "left out".
    """
    others = other_probabilities[..., None]
    said = (1 - left_out_share) * others * rival_probabilities()[phones]
    np.put_along_axis(said, phones[..., None], 1 - others, axis=-1)
    return np.concatenate([said, left_out_share * others], axis=-1)
