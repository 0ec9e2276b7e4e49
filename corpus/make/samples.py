"""Build `corpus/samples` and `corpus/truth` from the marked documents in `corpus/sources`.

A source is the printed document with every fault marked where it stands:

    ⟪printed|read|outcome|class⟫        专项⟪经|。|applied|inserted_punctuation⟫费

`samples/` holds what the engine delivered (专项。费), `truth/` what was printed (专项经费) and each fault with its
place in the read text. Same sources, same bytes: `--check` compares and writes nothing.
"""

from __future__ import annotations

import argparse
import codecs
import json
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).resolve().parent.parent

OUTCOMES = ("applied", "suggested", "flagged", "kept")
"""What an honest tool does with a fault; the meaning of each is in corpus/README.md#outcomes."""

CLASSES = (
    "shape_substitution",
    "substitution",
    "code_point",
    "lost_character",
    "lost_punctuation",
    "inserted_punctuation",
    "junk",
    "line_wrap_space",
    "lost_line",
    "lost_break",
    "cell_misplacement",
    "merged_cells",
    "foreign_script",
    "split_code",
    "digit_letter",
    "number",
    "operator",
    "dash",
    "bracket",
    "width",
    "variant",
    "vertical_label",
    "table_rule",
    "page_furniture",
    "seal",
    "tick_box",
    "handwriting",
    "mirror_noise",
    "historical_name",
    "jargon",
    "person_name",
    "quotation",
    "author_slip",
)
"""The closed list of classes; the meaning of each is in corpus/README.md#classes."""

ENCODINGS = {
    "utf-8": (b"", "utf-8"),
    "utf-8-sig": (codecs.BOM_UTF8, "utf-8"),
    "utf-16": (codecs.BOM_UTF16_LE, "utf-16-le"),
    "gb18030": (b"", "gb18030"),
}
"""Name in the toml → byte-order mark and codec. UTF-16 is pinned to little-endian: the same bytes everywhere."""

MARK = re.compile(r"⟪(?P<printed>(?:[^|\\⟪⟫]|\\.)*)\|(?P<read>(?:[^|\\⟪⟫]|\\.)*)\|(?P<outcome>[a-z]+)\|(?P<class>[a-z_]+)⟫")
ESCAPE = re.compile(r"\\(.)")
ESCAPED = {"n": "\n", "t": "\t", "|": "|", "\\": "\\"}


class SourceError(ValueError):
    """A source that cannot be built. The message says where, what and how to mend it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`read_text[start:end]` was delivered where `printed` stood; counted in code points."""

    start: int
    end: int
    read: str
    printed: str
    outcome: str
    kind: str

    def row(self) -> dict[str, Any]:
        """Return the fault as it stands in the truth file, where `kind` is called `class`."""
        row = asdict(self)
        row["class"] = row.pop("kind")
        return row


def unescape(text: str) -> str:
    r"""Return the text a mark stands for: `\n` a line break, `\t` a cell edge, `\|` a bar."""
    return ESCAPE.sub(lambda match: ESCAPED[match[1]], text)


def parse(source: str, *, where: str) -> tuple[str, str, tuple[Fault, ...]]:
    """Return (read text, printed text, faults) of a marked source.

    专项⟪经|。|applied|inserted_punctuation⟫费 → 专项。费, 专项经费 and one fault at 2.
    Raises SourceError for an unknown outcome or class, a stray mark, or a fault that contradicts its outcome.
    """
    read: list[str] = []
    printed: list[str] = []
    faults: list[Fault] = []
    place = 0
    done = 0
    for match in MARK.finditer(source):
        plain = source[done : match.start()]
        done = match.end()
        read.append(plain)
        printed.append(plain)
        place += len(plain)
        fault = Fault(
            start=place,
            end=place + len(unescape(match["read"])),
            read=unescape(match["read"]),
            printed=unescape(match["printed"]),
            outcome=match["outcome"],
            kind=match["class"],
        )
        refuse(fault, match[0], where=where)
        if faults and fault.start == fault.end == faults[-1].end:
            raise SourceError(f"{where}: {match[0]} touches the mark before it\n  fix: make one mark of the two")
        faults.append(fault)
        read.append(fault.read)
        printed.append(fault.printed)
        place = fault.end
    read.append(source[done:])
    printed.append(source[done:])
    for text in ("".join(read), "".join(printed)):
        if "⟪" in text or "⟫" in text:
            raise SourceError(f"{where}: a mark is not closed or has not four parts\n  fix: ⟪printed|read|outcome|class⟫")
    return "".join(read), "".join(printed), tuple(faults)


def refuse(fault: Fault, mark: str, *, where: str) -> None:
    """Raise SourceError if a fault is not one that may stand in the corpus."""
    if fault.outcome not in OUTCOMES:
        raise SourceError(f"{where}: unknown outcome in {mark}\n  fix: one of {', '.join(OUTCOMES)}")
    if fault.kind not in CLASSES:
        raise SourceError(f"{where}: unknown class in {mark}\n  fix: one of {', '.join(CLASSES)}")
    if (fault.printed == fault.read) != (fault.outcome == "kept"):
        raise SourceError(f"{where}: {mark} disagrees with its outcome\n  fix: printed equals read in traps (kept), only there")


def build(path: Path) -> tuple[str, bytes, dict[str, Any]]:
    """Return (file name, bytes, truth) of one source, whose facts stand in the toml beside it."""
    about = tomllib.loads(path.with_suffix(".toml").read_text(encoding="utf-8"))
    source = path.read_text(encoding="utf-8")
    read, printed, faults = parse(source, where=path.name)
    mark, codec = ENCODINGS[about["encoding"]]
    truth = {
        "id": path.stem,
        "title": about["title"],
        "family": about["family"],
        "layout": about["layout"],
        "region": about["region"],
        "encoding": about["encoding"],
        "notes": about["notes"],
        "text": printed,
        "faults": [fault.row() for fault in faults],
        "fields": about["fields"],
        "indicators": about.get("indicators", []),
        "checks": about.get("checks", []),
    }
    suffix = ".tsv" if "\t" in printed else ".txt"
    return path.stem + suffix, mark + read.encode(codec), truth


def outputs(corpus: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield each file to be built, with its bytes, in order of name."""
    for path in sorted((corpus / "sources").glob("*.txt")):
        name, sample, truth = build(path)
        yield corpus / "samples" / name, sample
        text = json.dumps(truth, ensure_ascii=False, indent=1) + "\n"
        yield corpus / "truth" / f"{path.stem}.json", text.encode("utf-8")


def write(corpus: Path) -> int:
    """Write every output, drop what no source makes any more, and return 0."""
    wanted = dict(outputs(corpus))
    for path in built(corpus) - wanted.keys():
        path.unlink()
    for path, content in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return 0


def check(corpus: Path) -> int:
    """Return 0 if the files on disk are what the sources make, else name the others and return 1."""
    wanted = dict(outputs(corpus))
    stale = [path for path, content in wanted.items() if not path.is_file() or path.read_bytes() != content]
    stale += built(corpus) - wanted.keys()
    for path in sorted(stale):
        print(f"{path.relative_to(corpus)}: not what the sources make", file=sys.stderr)
    if stale:
        print("  fix: run corpus/make/samples.py and commit the result", file=sys.stderr)
    return 1 if stale else 0


def built(corpus: Path) -> set[Path]:
    """Return the files that lie in the two output folders."""
    return {path for folder in ("samples", "truth") for path in (corpus / folder).glob("*.*")}


def counts(corpus: Path) -> str:
    """Return two Markdown tables: faults by class and outcome, and by document."""
    by_class: Counter[tuple[str, str]] = Counter()
    documents: list[str] = []
    for path in sorted((corpus / "sources").glob("*.txt")):
        _, _, truth = build(path)
        here = Counter(fault["outcome"] for fault in truth["faults"])
        by_class.update((fault["class"], fault["outcome"]) for fault in truth["faults"])
        cells = [path.stem, truth["layout"], truth["region"]["name"], str(len(truth["text"]))]
        documents.append(row([*cells, *(str(here[outcome]) for outcome in OUTCOMES)]))
    classes = [
        row([kind, *(str(by_class[kind, outcome]) for outcome in OUTCOMES), str(sum(by_class[kind, o] for o in OUTCOMES))])
        for kind in CLASSES
    ]
    sums = [sum(by_class[kind, outcome] for kind in CLASSES) for outcome in OUTCOMES]
    classes.append(row(["**all**", *map(str, sums), str(sum(sums))]))
    heads = [row(["class", *OUTCOMES, "all"]), row(["document", "layout", "region", "characters", *OUTCOMES])]
    rules = ["|---|" + "--:|" * 5, "|---|---|---|" + "--:|" * 5]
    return "\n".join([heads[0], rules[0], *classes, "", heads[1], rules[1], *documents]) + "\n"


def row(cells: Sequence[str]) -> str:
    """Return one row of a Markdown table."""
    return "| " + " | ".join(cells) + " |"


def main(argv: Sequence[str] | None = None) -> int:
    """Build, check or count; return the exit code."""
    parser = argparse.ArgumentParser(description="Build corpus/samples and corpus/truth from corpus/sources.")
    task = parser.add_mutually_exclusive_group()
    task.add_argument("--check", action="store_true", help="write nothing; fail if the files on disk differ")
    task.add_argument("--counts", action="store_true", help="print the tables of corpus/README.md")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="folder that holds sources/ (default: this one)")
    options = parser.parse_args(argv)
    try:
        if options.check:
            return check(options.corpus)
        if options.counts:
            print(counts(options.corpus), end="")
            return 0
        return write(options.corpus)
    except SourceError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
