"""The language model: how likely official prose is to go on, or to come, like this."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jiaokan.errors import DictionaryError
from jiaokan.knowledge.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

FORWARD = "language/forward.klm"
BACKWARD = "language/backward.klm"
NEIGHBOURS = "language/neighbours.tsv"
BORDER = "¶"  # END in neighbours.tsv
NEIGHBOUR_COLUMNS = ("char", "count", "successors", "predecessors")

NUMBER = "0"  # the model's token for a run of digits
WORD = "A"  # the model's token for a run of Latin letters
END = "\n"  # the token for the end of a paragraph, and in front for its beginning: no character of the page

# A form the model knows, and the others it is written in. One code point stands for one: offsets survive folding.
_FORMS = {
    "，": ",﹐", "；": ";﹔", "：": ":﹕", "？": "?﹖", "！": "!﹗", "（": "(﹙", "）": ")﹚",
    '"': "“”„‟＂〝〞〟「」『』", "'": "‘’‚‛＇", "〔": "[［【﹝〖", "〕": "]］】﹞〗",
    "—": "–―─━-－−‐‑‒﹣", "%": "％﹪", ".": "．﹒", "~": "～∼〜", "·": "•・‧∙⋅･", "￥": "¥",
    " ": "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000",
}  # fmt: skip
_FULL_WIDTH = 0xFEE0  # from an ASCII letter or digit to its full-width form
_FOLDED = {form: plain for plain, forms in _FORMS.items() for form in forms} | {
    chr(code + _FULL_WIDTH): chr(code) for code in range(ord("0"), ord("z") + 1) if chr(code).isalnum()
}
_FOLDABLE = re.compile(f"[{re.escape(''.join(_FOLDED))}]")
_UNSAYABLE = re.compile("[\ud800-\udfff\0]")  # lone surrogates, which UTF-8 cannot say, and NUL, at which KenLM stops
_UNKNOWN = "\ufffd"

_RUNS = r"[0-9]+(?:[.，][0-9]+)*|[A-Za-z]+| +"
_RUN = re.compile(_RUNS)
_SYMBOL = re.compile(f"{_RUNS}|.", re.DOTALL)


def fold(text: str) -> str:
    """Return the text in the model's forms: ２０２２年度(“草案”) → 2022年度（"草案"）. As many code points as before.

    Widths, quotation marks, brackets, dashes and white space are folded; ideographs are left alone.
    """
    return _FOLDABLE.sub(_plain, text)


def symbols(text: str) -> list[str]:
    """Return the folded text in the model's units: 拨款２.５万元 → 拨 款 2.5 万 元; joined, they are `fold(text)`.

    A number, a run of Latin letters and a run of white space are one unit each, anything else one character.
    """
    return _SYMBOL.findall(fold(text))


def tokens(text: str) -> tuple[list[str], list[int]]:
    """Return the model's tokens and where each begins: 拨款 2.5万元 → 拨 款 0 万 元 and 0 1 3 6 7, in code points.

    They are the `symbols` without white space, a number as `NUMBER` and a run of Latin letters as `WORD`.
    """
    folded = _UNSAYABLE.sub(_UNKNOWN, fold(text))
    found: list[str] = []
    starts: list[int] = []
    done = 0
    for run in _RUN.finditer(folded):
        start, end = run.span()
        if done < start:
            found.extend(folded[done:start])
            starts.extend(range(done, start))
        first = folded[start]
        if first != " ":
            found.append(NUMBER if first <= "9" else WORD)
            starts.append(start)
        done = end
    found.extend(folded[done:])
    starts.extend(range(done, len(folded)))
    return found, starts


class LanguageModel:
    """Two character n-gram models of official prose: one reads forward, one backward.

    Every method takes tokens as `tokens` returns them. A token the model has never seen is allowed, and unlikely.
    An instance pickles as its two paths and reads the files again.
    """

    __slots__ = ("_backward", "_forward", "_paths", "base_score", "new_state")

    def __init__(self, forward: Path, backward: Path) -> None:
        """Map the two KenLM files. Raises DictionaryError if one is missing or not a model of this machine."""
        self._paths = (forward, backward)
        self._forward = _read_model(forward)
        self._backward = _read_model(backward)
        self.new_state = _state_class()  # for inner loops, with base_score(state, token, the state after it): `step` for any token but END
        self.base_score = self._forward.BaseScore

    @classmethod
    def load(cls, home: Path) -> LanguageModel:
        """Return the model in the dictionaries' folder `home`."""
        return cls(home / FORWARD, home / BACKWARD)

    def __reduce__(self) -> tuple[type[LanguageModel], tuple[Path, Path]]:
        return LanguageModel, self._paths

    def surprisal(self, tokens: Sequence[str]) -> list[float]:
        """Return −log10 P(token | the tokens before it), one number a token; END in front means that a paragraph begins, and costs nothing."""
        return _surprises(self._forward, tokens)

    def surprisal_backward(self, tokens: Sequence[str]) -> list[float]:
        """Return −log10 P(token | the tokens after it), one number a token; END at the end means that a paragraph ends, and costs nothing."""
        return _surprises(self._backward, tokens[::-1])[::-1]

    def score(self, tokens: Sequence[str]) -> float:
        """Return log10 P(tokens), read forward.

        To compare two readings of a window, pass the same context on both sides of each: four tokens before and after.
        """
        begins, ends = bool(tokens) and tokens[0] == END, len(tokens) > 1 and tokens[-1] == END
        return float(self._forward.score(_line(tokens[begins : len(tokens) - ends]), bos=begins, eos=ends))

    def step(self, state: Any, token: str) -> tuple[float, Any]:  # noqa: ANN401  kenlm has no types
        """Return log10 P(token) after a state of the forward model, and the state after it; no state yet: nothing is known before."""
        if state is None:
            state = self.new_state()
            if token == END:
                self._forward.BeginSentenceWrite(state)
                return 0.0, state
            self._forward.NullContextWrite(state)
        after = self.new_state()
        return self.base_score(state, "</s>" if token == END else token, after), after


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Which characters stand next to which, and how often a character occurs, in the training corpora."""

    table: Mapping[str, tuple[int, str, str]]  # character → (count, successors, predecessors)

    @classmethod
    def load(cls, home: Path) -> Neighbours:
        """Read neighbours.tsv in the dictionaries' folder `home`. Raises DictionaryError for a malformed row."""
        path = home / NEIGHBOURS
        table: dict[str, tuple[int, str, str]] = {}
        for number, (char, count, after, before) in read_table(path, NEIGHBOUR_COLUMNS):
            if not count.isdecimal():
                raise DictionaryError(f"count is {count!r}", where=f"{path}:{number}", fix="make it a whole number")
            table[char.replace(BORDER, END)] = (int(count), after.replace(BORDER, END), before.replace(BORDER, END))
        return cls(table)

    def successors(self, char: str) -> str:
        """Return the characters seen after `char`, most frequent first, 200 at most: 绩 → 效…; none if it is unknown."""
        return self.table[char][1] if char in self.table else ""

    def predecessors(self, char: str) -> str:
        """Return the characters seen before `char`, most frequent first, 200 at most: 访 → 信…; none if it is unknown."""
        return self.table[char][2] if char in self.table else ""

    def count(self, char: str) -> int:
        """Return how often `char` occurs in the training corpora, 0 if it is unknown."""
        return self.table[char][0] if char in self.table else 0


def _plain(match: re.Match[str]) -> str:
    return _FOLDED[match[0]]


def _surprises(model: Any, tokens: Sequence[str]) -> list[float]:  # noqa: ANN401
    """Return −log10 P of each token in the order given; END is free where the order begins."""
    begins, ends = bool(tokens) and tokens[0] == END, len(tokens) > 1 and tokens[-1] == END
    scores = model.full_scores(_line(tokens[begins : len(tokens) - ends]), bos=begins, eos=ends)
    return [*[0.0] * begins, *[-score for score, _, _ in scores]]


def _line(tokens: Sequence[str]) -> bytes:
    return " ".join(tokens).encode()


def _read_model(path: Path) -> Any:  # noqa: ANN401  kenlm has no types
    import kenlm

    try:
        return kenlm.Model(str(path))
    except (OSError, RuntimeError) as error:
        raise DictionaryError(str(error), where=str(path), fix="make it with dictionaries/make/language_model.py") from None


def _state_class() -> Any:  # noqa: ANN401
    from kenlm import State

    return State
