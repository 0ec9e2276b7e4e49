"""A run's figures as drawings: SVG inside the page, its words in the reader's own fonts.

Drawn 400 units wide, so that they can be read on a phone without scaling; the colours differ in lightness too, and every
drawing's figures stand in a table beside it.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any

from jiaokan.report.words import STATUS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from jiaokan.detect.quality import Rate

WIDTH = 400  # units of the drawing, at 72 an inch: one unit is one point
INK, SOFT, RULE, TINT, ALARM = "#22262b", "#5c646d", "#d9dde2", "#3d6b8f", "#a3352b"
FILL = {"applied": "#2f6b4f", "suggested": "#d3a33c", "flagged": "#ffffff"}
EDGE = {"applied": "#2f6b4f", "suggested": "#d3a33c", "flagged": "#a3352b"}
# Words are placed by the metrics of the one font matplotlib always has, so that every machine draws the same.
SETTINGS: Any = {"svg.fonttype": "none", "svg.hashsalt": "jiaokan", "font.family": ["DejaVu Sans"], "font.size": 13}
STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)


class Drawing:
    """A drawing under way; `svg` is what it came to."""

    svg = ""


def rates(name: str, title: str, rows: Sequence[tuple[str, Rate]], limit: float) -> str:
    """Return bars of error rates with their intervals, one a row; those over the limit are set apart in colour and figure."""
    top = max([rate.high for _, rate in rows] + [limit * 1.1])
    said = f"{title}：" + "；".join(f"{label} {rate.rate:.2%}（{rate.low:.2%} 至 {rate.high:.2%}）" for label, rate in rows)
    with _drawn(name, said, height=52 * len(rows) + 44, left=2, right=12, top=4, bottom=40) as (drawing, axes):
        axes.set_xlim(0, top)
        axes.set_ylim(len(rows), 0)
        for tick in _ticks(top):
            axes.plot([tick, tick], [0, len(rows)], color=RULE, linewidth=1, zorder=0, clip_on=False)
            axes.annotate(f"{tick:.1%}", (tick, len(rows)), (0, -16), textcoords="offset points", ha="left" if tick == 0 else "center", va="baseline", size=12, color=SOFT)
        axes.plot([limit, limit], [0, len(rows)], color=ALARM, linewidth=1, dashes=(4, 3), zorder=1, clip_on=False)
        axes.annotate(f"{limit:.0%} 为界", (limit, len(rows)), (0, -32), textcoords="offset points", ha="center", va="baseline", size=12, color=ALARM)
        for place, (label, rate) in enumerate(rows):
            over = rate.rate > limit
            axes.barh([place + 0.68], [rate.rate], height=0.3, color=ALARM if over else TINT, alpha=0.85, zorder=2, clip_on=False)
            errors = [[rate.rate - rate.low], [rate.high - rate.rate]]
            axes.errorbar([rate.rate], [place + 0.68], xerr=errors, fmt="none", ecolor=INK, elinewidth=1.6, capsize=4, capthick=1.6, zorder=3, clip_on=False)
            axes.text(0, place + 0.4, f"{label}  {rate.rate:.2%}{'（超过）' if over else ''}", ha="left", va="baseline", color=INK)
    return drawing.svg


def distribution(name: str, title: str, counts: Sequence[tuple[str, int]], over: int) -> str:
    """Return columns of documents by their error rate; those from number `over` on lie beyond the limit."""
    said = f"{title}：" + "；".join(f"{label} {number} 件" for label, number in counts)
    with _drawn(name, said, height=220, left=6, right=6, top=22, bottom=44) as (drawing, axes):
        axes.set_xlim(-0.5, len(counts) - 0.5)
        axes.set_ylim(0, max([number for _, number in counts] + [1]))
        axes.plot([-0.5, len(counts) - 0.5], [0, 0], color=INK, linewidth=1, clip_on=False)
        for place, (label, number) in enumerate(counts):
            axes.bar([place], [number], width=0.82, color=ALARM if place >= over else TINT, alpha=0.85, clip_on=False)
            axes.annotate(label, (place, 0), (0, -16), textcoords="offset points", ha="center", va="baseline", size=12, color=SOFT)
            if number:
                axes.annotate(f"{number:,}", (place, number), (0, 5), textcoords="offset points", ha="center", va="baseline", size=12, color=INK)
        axes.plot([over - 0.5, over - 0.5], [0, axes.get_ylim()[1]], color=ALARM, linewidth=1, dashes=(4, 3), clip_on=False)
        axes.annotate("估计差错率（%）", ((len(counts) - 1) / 2, 0), (0, -36), textcoords="offset points", ha="center", va="baseline", size=12, color=SOFT)
    return drawing.svg


def kinds(name: str, title: str, rows: Sequence[tuple[str, Mapping[str, int]]]) -> str:
    """Return stacked bars of kinds of fault by status, one a row."""
    totals = [sum(numbers.values()) for _, numbers in rows]
    said = f"{title}：" + "；".join(f"{label} " + "，".join(f"{STATUS[status]} {numbers.get(status, 0)}" for status in STATUS) for label, numbers in rows)
    with _drawn(name, said, height=26 * len(rows) + 34, left=112, right=44, top=30, bottom=4) as (drawing, axes):
        axes.set_xlim(0, max([*totals, 1]))
        axes.set_ylim(len(rows), 0)
        for place, ((label, numbers), total) in enumerate(zip(rows, totals, strict=True)):
            done = 0
            for status in filter(numbers.get, STATUS):
                axes.barh([place + 0.5], [numbers.get(status, 0)], left=done, height=0.62, color=FILL[status], edgecolor=EDGE[status], linewidth=1.2, clip_on=False)
                done += numbers.get(status, 0)
            axes.annotate(label, (0, place + 0.5), (-8, -4.5), textcoords="offset points", ha="right", va="baseline", color=INK)
            axes.annotate(f"{total:,}", (total, place + 0.5), (6, -4.5), textcoords="offset points", ha="left", va="baseline", size=12, color=SOFT)
        for column, (status, word) in enumerate(STATUS.items()):
            at = (column * 68.0, 12.0)
            axes.annotate("■" if status != "flagged" else "□", (0, 0), at, textcoords="offset points", ha="left", va="baseline", color=EDGE[status])
            axes.annotate(word, (0, 0), (at[0] + 18, at[1]), textcoords="offset points", ha="left", va="baseline", color=INK)
    return drawing.svg


@contextmanager
def _drawn(name: str, said: str, *, height: float, left: float, right: float, top: float, bottom: float) -> Iterator[tuple[Drawing, Axes]]:
    """Give axes without frame to draw on; afterwards the drawing holds them as SVG. Margins are in units."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    drawing = Drawing()
    with mpl.rc_context(SETTINGS), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # the reader's browser has it
        figure = Figure(figsize=(WIDTH / 72, height / 72))
        FigureCanvasSVG(figure)
        axes = figure.add_axes((left / WIDTH, bottom / height, 1 - (left + right) / WIDTH, 1 - (top + bottom) / height))
        axes.set_axis_off()
        yield drawing, axes
        stream = io.StringIO()
        figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    drawing.svg = _inline(stream.getvalue(), name, said, height)


def _inline(svg: str, name: str, said: str, height: float) -> str:
    """Return a drawing to stand inside a page: no header, no name a second drawing has too, no font but the page's."""
    body = svg[svg.index('<g id="figure_1">') : svg.rindex("</svg>")].replace("xlink:href", "href")
    used = set(re.findall(r'(?:href="|url\()#([^")]+)', body))
    body = re.sub(r' id="([^"]+)"', lambda match: f' id="{name}-{match[1]}"' if match[1] in used else "", body)
    body = re.sub(r'(href="|url\()#', rf"\g<1>#{name}-", body)
    body = re.sub(r" font-family: [^;\"]+;| transform=\"rotate\(-0 [^\"]*\)\"", "", body)
    body = re.sub(r"\s+", " ", re.sub(r">\s+<", "><", body))
    words = escape(said)
    return f'<svg class="chart" role="img" aria-label="{words}" viewBox="0 0 {WIDTH} {height:g}"><title>{words}</title>{body}</svg>'


def _ticks(top: float) -> list[float]:
    """Return three to six round shares from 0 up to the top."""
    step = next((step for step in STEPS if top / step <= 5), STEPS[-1])
    return [step * place for place in range(int(top / step) + 1)]
