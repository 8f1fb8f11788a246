"""What the words of the report mean, for its readers; the page shows and explains exactly these."""

from __future__ import annotations

from typing import Final

VERDICTS: Final = {
    "holds": "The model shows what is claimed, by at least the smallest effect that counts.",
    "fails": "The model does not show it.",
    "vacuous": "There was nothing to judge: what was done to the body did nothing.",
    "inconclusive": "Too close to the threshold for the accuracy of the computation.",
    "error": "A run failed, or a number was not finite.",
}

GRADES: Final = {
    "S": "Human studies support what the article says.",
    "C": "Human studies disagree, are few, or support less than the article says.",
    "X": "Human studies contradict what the article says; the model is held to a corrected statement.",
    "I": "No human study was found; the article and the model both infer.",
}

HEADLINES: Final = {
    "S": "The article is right",
    "C": "The article is contested",
    "X": "The article is wrong as worded",
    "I": "Nobody has tested it",
}

GRADE_OF_CELL: Final = {
    True: "article agrees",
    False: "article differs",
    None: "article is silent",
}

SIGNS: Final = {1: ("▲", "rises"), -1: ("▼", "falls"), 0: ("=", "no change that counts")}

CHANGES: Final = {
    "new": "new",
    "gone": "gone",
    "verdict": "verdict changed",
    "margin": "margin changed",
    "inside": "other side of the band",
    "value": "value changed",
}

RESOLUTIONS: Final = {
    "full": "every minute of every run integrated",
    "averaged": "runs longer than four weeks by sample days, with steps between them",
}
