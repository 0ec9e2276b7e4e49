"""An evaluation on the terminal: rich tables that fit 80 columns; piped they are plain text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from jiaokan.evaluate.tables import OUTCOMES, VERDICTS

if TYPE_CHECKING:
    from jiaokan.evaluate.summary import Evaluation

Row = dict[str, Any]
MOST = 10  # rows of a long table; the files of -o have all of them
_TITLES = {"engine": "By engine (documents)", "family": "By family (documents)", "section": "By section (documents)", "field": "Characters of field values (documents)"}
_FOUND = ("in truth", "found", "right", "precision", "recall", "F1")


def render(evaluation: Evaluation) -> Group:
    """Return what the command prints: totals first, then where the errors are, what the edits did, and what was left out."""
    tables = evaluation.tables()
    return Group(*_parts(evaluation, tables))


def _parts(evaluation: Evaluation, tables: dict[str, list[Row]]) -> Iterator[RenderableType]:
    yield from _totals(tables["rates"])
    for by, title in _TITLES.items():
        rows = [row for row in tables["rates"] if row["by"] == by and row["measure"] == "lenient"]
        if any(row["name"] for row in rows):
            names = [f"{row['name'] or ('outside any section' if by == 'section' else 'none')} ({row['documents']})" for row in rows]
            yield from _rates(title, rows, names, cleaned=evaluation.is_cleaned)
    worst = [{**row, **{key.removeprefix("lenient_"): value for key, value in row.items()}} for row in tables["documents"]]
    names = ["/".join(filter(None, (row["engine"], row["id"]))) for row in worst]
    yield from _rates("Documents, worst first", worst, names, cleaned=evaluation.is_cleaned)
    yield from _edits(tables["edits"])
    yield from _faults(tables["faults"], cleaned=evaluation.is_cleaned)
    yield from _confusions(tables["confusions"], cleaned=evaluation.is_cleaned)
    yield from _values(tables)
    yield from _estimates(tables["estimates"])
    yield from _traps(tables["traps"])
    yield from _remarks(tables["remarks"])


def _totals(rates: list[Row]) -> Iterator[RenderableType]:
    table = _table(f"Character errors, {rates[0]['documents']} documents", "", "", "errors / characters", "CER", "substituted", "lost", "intruders")
    lines = []
    for row in sorted((row for row in rates if row["by"] == "all"), key=lambda row: str(row["measure"])):
        for side, prefix in (("OCR", ""), ("cleaned", "after_")):
            if row[f"{prefix}errors"] is not None:
                table.add_row(row["measure"] if not prefix else "", side, *_over(row, prefix), *(f"{row[prefix + part]:,}" for part in ("substitutions", "lost", "intruders")))
        if row["after_errors"] is not None:
            fewer = "no errors before" if row["reduction"] is None else f"{row['errors'] - row['after_errors']:,} of {row['errors']:,} errors fewer ({_percent(row['reduction'])})"
            lines.append(f"{row['measure']}: {fewer}; {row['better']:,} made better, {row['worse']:,} made worse")
    yield table
    yield Text("\n".join([*lines, "lenient: white space and full-width ASCII aside; strict: code points as read"]), style="dim")


def _rates(title: str, rows: list[Row], names: list[str], *, cleaned: bool) -> Iterator[RenderableType]:
    table = _table(f"{title}, lenient", "", "OCR errors", "CER", *(("cleaned", "CER", "fewer", "worse") if cleaned else ()), words=1)
    ranked = sorted(zip(rows, names, strict=True), key=lambda pair: (-pair[0]["rate"], pair[1]))
    for row, name in ranked[:MOST]:
        after = (*_over(row, "after_"), "" if row["reduction"] is None else _percent(row["reduction"]), str(row["worse"] or "")) if cleaned else ()
        table.add_row(name, *_over(row, ""), *after)
    yield table
    yield from _rest(len(ranked))


def _edits(rows: list[Row]) -> Iterator[RenderableType]:
    if rows:
        table = _table("Edits judged by the truth", "", "right", "better", "neutral", "worse", "good / all", "precision", words=1)
        for row in rows:
            good = f"{row['right'] + row['better']:,} / {row['edits']:,}"
            name = f"  {row['kind']}" if row["kind"] else row["status"]
            table.add_row(name, *(str(row[verdict] or "") for verdict in VERDICTS), good, _percent(row["precision"]))
        yield table


def _faults(rows: list[Row], *, cleaned: bool) -> Iterator[RenderableType]:
    if rows:
        table = _table("Faults of the reading", "", "faults", *((*OUTCOMES, "recall") if cleaned else ()), words=1)
        for row in rows:
            outcomes = (*(str(row[name] or "") for name in OUTCOMES), _percent(row["recall"])) if cleaned else ()
            table.add_row(f"{row['fault']}, {row['class']}", f"{row['faults']:,}", *outcomes)
        yield table


def _confusions(rows: list[Row], *, cleaned: bool) -> Iterator[RenderableType]:
    if rows:
        table = _table("Most frequent confusions", "printed", "read", "count", *(("mended",) if cleaned else ()), words=2)
        for row in rows[:MOST]:
            table.add_row(row["printed"] or "(intruder)", row["read"] or "(lost)", str(row["count"]), *((str(row["mended"]),) if cleaned else ()))
        yield table
        yield from _rest(len(rows))


def _values(tables: dict[str, list[Row]]) -> Iterator[RenderableType]:
    rows = [(row["label"] or "all fields", row) for row in tables["fields"]]
    shown = rows[: MOST + 1] + [("indicator rows", row) for row in tables["indicators"]]
    if shown:
        table = _table("Fields and indicators", "", *_FOUND, words=1)
        for name, row in shown:
            table.add_row(name, *(f"{row[key]:,}" for key in ("truth", "found", "right")), *(_percent(row[key]) for key in ("precision", "recall", "f1")))
        yield table
        yield from _rest(len(rows) - 1, MOST)


def _estimates(rows: list[Row]) -> Iterator[RenderableType]:
    for row in rows:
        rank = "too few documents for a rank correlation" if row["spearman"] is None else f"rank correlation {row['spearman']:.2f} over {row['documents']} documents"
        yield _heading("Error rate estimated without the truth")
        yield Text(
            f"estimated {row['estimated_errors']:,.0f} / {row['characters']:,} = {_percent(row['estimated_rate'])}, "
            f"true {row['true_errors']:,} / {row['truth_characters']:,} = {_percent(row['true_rate'])}"
            + (f", ratio {row['ratio']:.2f}" if row["ratio"] is not None else "")
            + f"\n{rank}; true rate inside the interval: {row['inside']} / {row['intervals']}"
        )


def _traps(rows: list[Row]) -> Iterator[RenderableType]:
    if rows:
        harmed, traps = (sum(row[key] for row in rows) for key in ("harmed", "traps"))
        yield Text(f"\ntraps harmed by cleaning: {harmed} / {traps}")


def _remarks(rows: list[Row]) -> Iterator[RenderableType]:
    """Yield how often each remark was made, and the first few in full: the same words for all files of a kind."""
    if not rows:
        return
    yield _heading(f"{len(rows)} remarks")
    for what, count in Counter(row["what"] for row in rows).most_common(MOST):
        first = [row["where"] for row in rows if row["what"] == what][:3]
        yield Text(f"{count} × {what}: {', '.join(first)}{' …' if count > len(first) else ''}")


def _table(title: str, *headings: str, words: int = 2) -> Table:
    table = Table(title="\n" + title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="left" if number < words else "right", overflow="fold", no_wrap=number >= words)
    return table


def _heading(words: str) -> Text:
    return Text(f"\n{words}", style="bold")


def _rest(count: int, most: int = MOST) -> Iterator[Text]:
    if count > most:
        yield Text(f"{most} of {count} shown; -o DIR writes all", style="dim")


def _over(row: Row, prefix: str) -> tuple[str, str]:
    return f"{row[prefix + 'errors']:,} / {row[prefix + 'characters']:,}", _percent(row[f"{prefix}rate"])


def _percent(rate: float | None) -> str:
    return "—" if rate is None else f"{rate:.2%}"
