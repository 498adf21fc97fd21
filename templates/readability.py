"""Readability of a text, shown to authors and approvers, and never judged.

The Flesch-Douma score for Dutch (W. H. Douma, 1960) is 206.8 less 0.77 times the syllables in a
hundred words, less 0.93 times the words in a sentence. Flesch's own for English (R. Flesch, 1948)
is the same with other weights. Both measure the length of words and sentences, and no more. A score
is no language level, and a person is not a score.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_SENTENCE = re.compile(r"[.?!…]+(?=\s|$)|\n")
_END = re.compile(r"[.?!…](?=\s|$)")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
# What stands together is one sound; a dotted vowel begins a new one (zeeën, ruïne).
_DUTCH_VOWELS = re.compile(
    r"aai|ooi|oei|eeu|ieu|aa|ee|oo|uu|ie|oe|eu|ei|ij|ui|au|ou|ai|oi|[aeiouyàáâèéêìíîòóôùúûäëïöü]",
    re.IGNORECASE,
)
_ENGLISH_VOWELS = re.compile(r"[aeiouy]+", re.IGNORECASE)
_SILENT = re.compile(r"[^aeiouyl]e$|[^aeiouytd]ed$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readability:
    """Measurements of one text."""

    language: str
    words: int
    sentences: int
    syllables: int
    longest: int  # words in the longest sentence

    @property
    def words_a_sentence(self) -> float:
        """Return the average number of words in a sentence."""
        return self.words / self.sentences

    @property
    def score(self) -> float:
        """Return Flesch-Douma for Dutch, Flesch for English, from about 0 (hard) to 100 (easy)."""
        a_hundred = 100 * self.syllables / self.words
        if self.language == "en":
            return 206.835 - 0.846 * a_hundred - 1.015 * self.words_a_sentence
        return 206.8 - 0.77 * a_hundred - 0.93 * self.words_a_sentence

    @property
    def name(self) -> str:
        """Return the name of the score."""
        return "Flesch" if self.language == "en" else "Flesch-Douma"


def measure(text: str, language: str) -> Readability | None:
    """Measure a text, or return None where it has no words.

    Args:
        text: Its sentences; a line end ends one too.
        language: ISO 639-1; what is not English is measured as Dutch.
    """
    sentences = [words for part in _SENTENCE.split(text) if (words := _WORD.findall(part))]
    if not sentences:
        return None
    words = [word for sentence in sentences for word in sentence]
    return Readability(
        language=language,
        words=len(words),
        sentences=len(sentences),
        syllables=sum(syllables(word, language) for word in words),
        longest=max(map(len, sentences)),
    )


def prose(parts: Mapping[str, str]) -> str:
    """Return the parts that are sentences, without names, numbers and lines of an address."""
    return "\n".join(text for text in parts.values() if _END.search(text) and " " in text)


def syllables(word: str, language: str) -> int:
    """Count the syllables of a word by its vowels, right for most words and always the same."""
    if language == "en":
        return max(1, len(_ENGLISH_VOWELS.findall(word)) - bool(_SILENT.search(word)))
    return max(1, len(_DUTCH_VOWELS.findall(word)))
