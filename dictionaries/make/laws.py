"""Make laws.tsv from a list of law titles and laws_added.tsv.

python dictionaries/make/laws.py shared/lexica/law_titles.txt

Court cases and magazine questions in the list are dropped by the shape of their titles. A national statute is cited both ways, so
预算法 also gives 中华人民共和国预算法; a title that begins with a place, a court or an organ of state is left as it is.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

RETRIEVED = "2026-11-23"
HERE = Path(__file__).resolve().parent
ENDING = re.compile(
    r"(?:法|法典|条例|规定|办法|决定|决议|细则|规则|准则|解释|批复|意见|通知|公告|章程|规程|守则|制度|规范|标准|方案|安排|纲要|要点|清单|修正案|说明|命令)"
    r"(?:（[^（）]+）)?$"
)
CASE = re.compile(r"诉.*(?:案|纠纷)$|等人诉|[？?]|某|案$|吗$|攻略|^(?!最高).*(?:能否|是否|如何|怎么)")
NATIONAL = re.compile(r"^(?!中华人民共和国|中国|最高人民|国务院|全国|关于|香港|澳门|.{0,3}(?:实施|办法)).{2,18}(?<!办)(?<!方)法(?:实施条例|实施细则)?$")


def titles(path: Path) -> list[str]:
    """Return the lines of a list that read as a law's title."""
    lines = (re.sub(r"\s+", " ", line).strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if ENDING.search(line) and not CASE.search(line) and len(line) > 1]


def places(path: Path) -> tuple[str, ...]:
    """Return names of provinces and prefectures, and their short forms: a local law's title begins with one."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line[:1].isdigit()]
    names = [name for _, name, level, _ in rows if level in "12"]
    return tuple(sorted({part for name in names for part in (name, re.sub(r"(?:省|市|自治区|自治州|地区)$", "", name)) if len(part) > 1}))


def both_ways(found: Iterable[str], local: tuple[str, ...]) -> set[str]:
    """Return the titles, national statutes also with the state's name before them."""
    found = set(found)
    return found | {f"中华人民共和国{title}" for title in found if NATIONAL.match(title) and not title.startswith(local) and "》" not in title}


def main(argv: Sequence[str] | None = None) -> int:
    """Write laws.tsv."""
    summary, _, rest = (__doc__ or "").partition("\n")
    parser = argparse.ArgumentParser(description=summary, epilog=rest, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("titles", type=Path, help="a title a line")
    parser.add_argument("-o", "--out", type=Path, default=HERE.parent / "laws.tsv")
    options = parser.parse_args(argv)
    added = [line for line in (HERE / "laws_added.tsv").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")][1:]
    rows = sorted(both_ways([*titles(options.titles), *added], places(HERE.parent / "places.tsv")))
    head = [
        "# title: Titles of laws, regulations and Party rules",
        "# source: titles in public law databases (a list of 3,381, court cases left out) and dictionaries/make/laws_added.tsv",
        f"# retrieved: {RETRIEVED}",
        "# licence: titles of statutes are facts (著作权法 art. 5)",
        "# made by: dictionaries/make/laws.py",
        "title",
    ]
    options.out.write_text("\n".join([*head, *rows]) + "\n", encoding="utf-8", newline="\n")
    print(f"{len(rows)} titles")
    return 0


if __name__ == "__main__":
    sys.exit(main())
