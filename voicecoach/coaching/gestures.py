"""What tongue, lips and voice have to do, for each sound and each quantity that is to change.

The rules are those of articulatory phonetics (Ladefoged and Johnson, A Course in Phonetics, 7th
ed., 2015, chapters 1, 3, 4, 7 and 8): F1 falls as the tongue rises and the mouth closes, F2 rises
as the tongue comes forward and falls as the lips round, a low F3 is what makes an r, and the noise
of a fricative gets higher the shorter the cavity in front of the tongue, which rounded lips
lengthen. English sounds by place and manner: ibid., tables 2.1 to 2.3 and 4.1.
"""

from dataclasses import dataclass

UP, DOWN = 1, -1
_HIGH = "IY IH UW UH"
_LOW = "EH AE AA AH AO"
_UNROUNDED = "IY IH EH AE AA AH ER"
_ROUNDED = "UW UH OW AO OY W"
_STOPS = "P B T D K G"
_AFFRICATES = "CH JH"
_FRICATIVES = "F V TH DH S Z SH ZH HH"
_VOICELESS = "P T K CH F TH S SH HH"
_VOICED = (
    "B D G JH V DH Z ZH M N NG L R W Y "
    "AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW"
)  # fmt: skip
_ALL = f"{_VOICELESS} {_VOICED}"
_CURL = "curl or bunch your tongue tip back"
_RIDGE = "the ridge behind your upper teeth"

DIPHTHONGS = {
    "AW": {"start": "AA", "middle": "AA", "end": "UH"},
    "AY": {"start": "AA", "middle": "AA", "end": "IH"},
    "EY": {"start": "EH", "middle": "EH", "end": "IH"},
    "OW": {"start": "AO", "middle": "AO", "end": "UW"},
    "OY": {"start": "AO", "middle": "AO", "end": "IH"},
}
"""The vowels between which a diphthong moves (Ladefoged and Johnson, 2015, chapter 4)."""

OPPOSITES = {
    frozenset(pair.split())
    for pair in ("forward back", "round spread", "open close", "long short", "curl flat")
} | {frozenset(("strong", "soft"))}
"""Gestures that nobody can make at once."""

VOICE_PAIRS = {"B": "P", "D": "T", "G": "K", "V": "F", "DH": "TH", "Z": "S", "ZH": "SH", "JH": "CH"}
"""Each voiced consonant with the one that differs from it by the voice alone."""

VOICE_IT, BREATHE_IT = "voice it, with a buzz in your throat", "do not voice it: only breath"


@dataclass(frozen=True)
class Gesture:
    """What to do, in ``words``, and the ``moves`` (such as "forward" or "round") that it takes."""

    words: str
    moves: frozenset[str] = frozenset()


# (phones, quantity, which way, sounds heard instead or "" for any, words, moves);
# the first that fits holds.
_RULES = (
    (f"{_HIGH} ER R Y", "f1", UP, "", "tongue a little lower", "open"),
    (_LOW, "f1", UP, "", "open your mouth wider", "open"),
    (f"{_HIGH} ER R Y", "f1", DOWN, "", "tongue higher, closer to the roof of your mouth", "close"),
    (_LOW, "f1", DOWN, "", "open your mouth less", "close"),
    ("W", "f1", UP, "", "open your lips a little more", "open"),
    ("W", "f1", DOWN, "", "bring your lips closer together", "close"),
    (_UNROUNDED, "f2", UP, _ROUNDED, "lips not rounded, tongue further forward", "spread forward"),
    ("R", "f2", UP, _ROUNDED, "round your lips less", "spread"),
    ("W", "f2", UP, "", "round your lips a little less", "spread"),
    ("AO", "f2", UP, "OW UW UH W", "round your lips less", "spread"),
    ("UW UH AO R", "f2", UP, "", "tongue a little further forward", "forward"),
    (f"{_UNROUNDED} L", "f2", UP, "", "tongue further forward", "forward"),
    ("Y", "f2", UP, "", "tongue further forward, close to the roof of your mouth", "forward"),
    ("UW UH AO", "f2", DOWN, "", "round your lips, tongue further back", "round back"),
    ("W", "f2", DOWN, "", "round your lips tightly, tongue further back", "round back"),
    ("R", "f2", DOWN, "", "round your lips a little", "round"),
    ("L", "f2", DOWN, "", "lift the back of your tongue", "back"),
    (f"{_UNROUNDED} Y", "f2", DOWN, "", "tongue further back", "back"),
    ("R", "f3", DOWN, "L N T D", f"{_CURL}, touching nothing", "curl"),
    ("R ER", "f3", DOWN, "", _CURL, "curl"),
    ("R ER", "f3", UP, "", "curl your tongue tip back less", "flat"),
    ("L", "f3", UP, "", f"tongue tip against {_RIDGE}, not curled back", "flat"),
    (f"{_HIGH} {_LOW} W Y", "f3", UP, "R ER", "tongue tip down, with no r in it", "flat"),
    ("IY Y", "f3", UP, "", "spread your lips", "spread"),
    ("UW UH AO W", "f3", DOWN, "", "round your lips", "round"),
    ("S Z", "centre", UP, "", "tongue tip closer behind your upper teeth, lips spread", "forward"),
    ("S Z", "centre", DOWN, "", "tongue tip a little further back", "back"),
    ("SH ZH CH JH", "centre", DOWN, "", "tongue further back, lips rounded", "back round"),
    ("SH ZH CH JH", "centre", UP, "", "tongue a little further forward", "forward"),
    ("T D", "centre", UP, "", f"tongue tip against {_RIDGE}", "forward"),
    ("T D", "centre", DOWN, "", "let it go cleanly, without a hiss", ""),
    ("K G", "centre", UP, "", "close a little further forward", "forward"),
    ("K G", "centre", DOWN, "", "close further back, with the back of your tongue", "back"),
    (f"{_STOPS} {_AFFRICATES}", "closure", UP, "", "stop the air completely, for longer", "long"),
    (f"{_STOPS} {_AFFRICATES}", "closure", DOWN, "", "let the air go sooner", "short"),
    (_ALL, "duration", UP, "", "hold it longer", "long"),
    (_ALL, "duration", DOWN, "", "make it shorter", "short"),
    (_VOICED, "voicing", UP, "", VOICE_IT, "voice"),
    (_VOICELESS, "voicing", DOWN, "", BREATHE_IT, "breath"),
    ("P T K", "level", UP, "", "let it go with a stronger puff of air", "strong"),
    ("B D G", "level", UP, "", "let it go more strongly", "strong"),
    (_STOPS, "level", DOWN, "", "let it go more softly", "soft"),
    (f"{_FRICATIVES} {_AFFRICATES}", "level", UP, "", "push more air through", "strong"),
    (f"{_FRICATIVES} {_AFFRICATES}", "level", DOWN, "", "push less air through", "soft"),
    (_ALL, "level", UP, "", "say it more strongly", "strong"),
    (_ALL, "level", DOWN, "", "say it more softly", "soft"),
)

# (phones, sounds heard instead, words): place and manner, whatever the numbers say.
_CONTRASTS = (
    ("TH DH", "F V", "tongue between your teeth, lower lip away from them"),
    ("TH DH", "T D N L", "tongue between your teeth, and let the air flow"),
    ("TH DH", "S Z SH ZH CH JH", "tongue between your teeth"),
    ("S Z", "TH DH", "tongue behind your teeth, not between them"),
    ("S Z", "SH ZH CH JH", "tongue further forward, lips spread"),
    ("S Z", "T D", "let the air hiss all the way, do not stop it"),
    ("S Z", "F V", "tongue tip close behind your upper teeth, lower lip away from them"),
    ("SH ZH", "CH JH T D", "let the air hiss from the start, do not stop it first"),
    ("SH ZH", "S Z TH DH F V", "tongue further back, lips rounded"),
    ("CH JH", "SH ZH Y", "stop the air first, then let it hiss"),
    ("CH JH", "S Z TH DH", "stop the air first, then let it hiss, tongue further back"),
    ("CH JH", "T D K G", "let a hiss follow the stop, tongue further back, lips rounded"),
    ("F V", "P B", "lower lip against your upper teeth, and let the air flow"),
    ("F V", "W UW UH OW", "lower lip against your upper teeth, lips not rounded"),
    ("F V", "TH DH S Z SH ZH HH", "lower lip against your upper teeth"),
    ("HH", "F TH S SH K CH R", "only breathe out, with nothing narrow in your mouth"),
    ("P B", "F V W", "close both lips completely"),
    ("P B", "T D K G", "stop the air with both lips"),
    ("T D", "TH DH S Z", f"stop the air completely, tongue tip against {_RIDGE}"),
    ("T D", "CH JH SH ZH", "let it go cleanly, without a hiss"),
    ("T D", "P B K G", f"stop the air with your tongue tip against {_RIDGE}"),
    ("D", "N L R", f"stop the air completely, tongue tip against {_RIDGE}"),
    ("B", "M", "stop the air completely, let none through your nose"),
    ("G", "NG", "stop the air completely, let none through your nose"),
    ("K G", "T D P B", "stop the air with the back of your tongue"),
    ("K G", "HH CH JH SH", "stop the air completely with the back of your tongue"),
    ("M", "N NG", "close your lips"),
    ("M", "B P", "close your lips and hum through your nose"),
    ("N", "NG M", f"tongue tip against {_RIDGE}"),
    ("N", "L R D T", f"tongue tip against {_RIDGE}, and hum through your nose"),
    ("NG", "N M", "lift the back of your tongue, its tip stays down"),
    ("NG", "G K", "hum through your nose, with no stop at the end"),
    ("L", "N NG M", "let the air pass beside your tongue, not through your nose"),
    ("L", "R ER", f"tongue tip against {_RIDGE}, not curled back"),
    ("L", "W UW UH OW AO AH D T", f"tongue tip against {_RIDGE}, the air passes beside it"),
    ("R", "L N T D", f"{_CURL}, touching nothing"),
    ("R", "W UW UH OW", f"{_CURL}, lips less rounded"),
    ("W", "V F B", "round your lips, lower lip away from your teeth"),
    ("W", "R L", "round your lips tightly, tongue tip down"),
    ("Y", "JH ZH CH", "glide without touching: no stop and no hiss"),
)

ARTICULATIONS = {
    "AA": "tongue low and back, mouth wide open, lips not rounded",
    "AE": "tongue low and forward, mouth wide open",
    "AH": "tongue in the middle, mouth half open, lips relaxed",
    "AO": "tongue back, mouth half open, lips a little rounded",
    "AW": "begin with the mouth wide open, end with rounded lips",
    "AY": "begin with the mouth wide open, end with the tongue high and forward",
    "B": "close both lips, then open them; voice it",
    "CH": f"stop the air with the tongue behind {_RIDGE}, then let it hiss; only breath",
    "D": f"stop the air with the tongue tip against {_RIDGE}, then let go; voice it",
    "DH": "tongue tip between your teeth, let the air flow; voice it",
    "EH": "tongue forward, mouth half open, lips relaxed",
    "ER": "tongue in the middle, its tip curled or bunched back",
    "EY": "begin with the tongue forward and the mouth half open, end with the tongue higher",
    "F": "lower lip against your upper teeth, let the air flow; only breath",
    "G": "stop the air with the back of your tongue, then let go; voice it",
    "HH": "only breathe out, with nothing narrow in your mouth",
    "IH": "tongue high and forward but relaxed, lips a little spread",
    "IY": "tongue high and far forward, lips spread",
    "JH": f"stop the air with the tongue behind {_RIDGE}, then let it hiss; voice it",
    "K": "stop the air with the back of your tongue, then let go; only breath",
    "L": f"tongue tip against {_RIDGE}, the air passes beside it; voice it",
    "M": "close your lips and hum through your nose",
    "N": f"tongue tip against {_RIDGE}, hum through your nose",
    "NG": "back of your tongue against the soft palate, hum through your nose",
    "OW": "begin with the lips a little rounded, end with them closer together",
    "OY": "begin with rounded lips, end with the tongue high and forward",
    "P": "close both lips, then open them with a puff of air",
    "R": f"{_CURL}, touching nothing; voice it",
    "S": f"tongue tip close to {_RIDGE}, lips spread, let it hiss; only breath",
    "SH": f"tongue a little behind {_RIDGE}, lips rounded, let it hiss; only breath",
    "T": f"stop the air with the tongue tip against {_RIDGE}, then let go; only breath",
    "TH": "tongue tip between your teeth, let the air flow; only breath",
    "UH": "tongue high and back but relaxed, lips a little rounded",
    "UW": "tongue high and back, lips rounded",
    "V": "lower lip against your upper teeth, let the air flow; voice it",
    "W": "lips rounded tightly, tongue high and back, then open your lips",
    "Y": "tongue high and forward, almost touching the roof of your mouth, then glide away",
    "Z": f"tongue tip close to {_RIDGE}, lips spread, let it buzz",
    "ZH": f"tongue a little behind {_RIDGE}, lips rounded, let it buzz",
}
"""How each of the 39 sounds is made, in a few words."""


def contrast(phone: str, heard: str | None) -> str | None:
    """How a sound differs from the one heard instead by place or manner; None where not known."""
    for phones, others, words in _CONTRASTS:
        if phone in phones.split() and heard in others.split():
            return words
    return None


def gesture(phone: str, quantity: str, way: int, at: str, heard: str | None) -> Gesture | None:
    """What to do so that a quantity rises (``UP``) or falls (``DOWN``).

    Args:
        phone: the sound that was meant.
        quantity: one of ``results.UNITS``.
        way: ``UP`` or ``DOWN``.
        at: "start", "middle" or "end" of the sound, which matters in a diphthong.
        heard: the phone heard instead; None where it is not known.

    Returns:
        None where the body cannot be told how, such as the formants of a stop.
    """
    if quantity == "centre" and (words := contrast(phone, heard)):
        return Gesture(words)
    of_formant = quantity in ("f1", "f2", "f3")
    target = DIPHTHONGS[phone][at] if of_formant and phone in DIPHTHONGS else phone
    for phones, name, direction, others, words, moves in _RULES:
        fits = (name, direction) == (quantity, way) and target in phones.split()
        if fits and (not others or heard in others.split()):
            return Gesture(words, frozenset(moves.split()))
    if quantity == "centre" and phone in ("F", "V", "TH", "DH", "HH", "P", "B"):
        return Gesture(ARTICULATIONS[phone].split(";")[0])
    return None
