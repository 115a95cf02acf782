"""Draws the figures as a picture; the one door to matplotlib, which need not be there (the extra `plots`).

Run as `python -m bot.plotting DATABASE WEEKS` it writes the PNG to standard output: matplotlib takes a second and 30 MB
to load, which the bot need not have. Labels are ids, dates and English words: matplotlib's own font has no Korean.
"""

import asyncio
import io
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

from bot import hiding, store
from bot.reporting import report_at
from bot.statistics import Report, Row, Week

try:
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
except ImportError:
    _AVAILABLE = False
else:
    _AVAILABLE = True

INCHES: Final = (12.8, 9.0)
DPI: Final = 100
MOST_BARS: Final = 12
MOST_DATES: Final = 8
MOST_NUMBERS: Final = 16
"""So many dates fit side by side, and so many numbers on bars; more weeks have fewer dates and no numbers."""

COLOURS: Final[Mapping[str, str]] = {
    "answered": "#2a6f97",
    "unsure": "#f2a541",
    "unknown": "#9a9a9a",
    "urgent": "#b23a48",
}
"""From the bottom of a bar upwards; told apart also in grey and by those who do not see red and green apart."""

_QUIET: Final = "#555555"


class NoPlots(RuntimeError):
    """matplotlib is not installed; the message says how to install it."""


def available() -> bool:
    """Say whether matplotlib is there to draw with."""
    return _AVAILABLE


def plot(report: Report) -> bytes:
    """Return a PNG (1280 x 900) of uses by week and of helpful shares by entry; raise NoPlots without matplotlib.

    Equal reports give equal bytes. What is hidden is left out, and a note says so.
    """
    if not available():
        raise NoPlots("matplotlib is not installed: pip install 'gildongmu[plots]'")
    figure = Figure(figsize=INCHES, dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    above, below = figure.subplots(2, 1, gridspec_kw={"height_ratios": [1, 1]})
    _draw_weeks(above, report.weeks)
    _draw_helpful(below, [row for row in report.entries if row.helpful_share is not None][:MOST_BARS])
    figure.text(0.02, 0.012, _note(report), color=_QUIET, fontsize=10)
    figure.subplots_adjust(left=0.25, right=0.96, top=0.93, bottom=0.09, hspace=0.32)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=DPI, metadata={"Software": None})
    return picture.getvalue()


def _draw_weeks(axes: "Axes", weeks: tuple[Week, ...]) -> None:
    places = range(len(weeks))
    bottom = [0] * len(weeks)
    for outcome, colour in COLOURS.items():
        heights = [getattr(week.uses, outcome) or 0 for week in weeks]
        axes.bar(places, heights, width=0.6, bottom=bottom, color=colour, label=outcome)
        bottom = [below + height for below, height in zip(bottom, heights, strict=True)]
    for place, total in zip(places, bottom, strict=True):
        number = (str(total) if total else "hidden") if len(weeks) <= MOST_NUMBERS else ""
        axes.annotate(number, (place, total), (0, 4), textcoords="offset points", ha="center")
    step = -(-len(weeks) // MOST_DATES)
    labelled = [place for place in places if (len(weeks) - 1 - place) % step == 0]
    axes.set_xticks(labelled, [_label(weeks[place]) for place in labelled])
    axes.set_xlim(-0.6, len(weeks) - 0.4)
    axes.set_ylim(0, max(*bottom, hiding.SHOWN_FROM) * 1.15)
    axes.set_title("Questions by week (Monday), and how they ended", loc="left", fontweight="bold")
    axes.legend(loc="upper left", bbox_to_anchor=(-0.3, 1.0), frameon=False, reverse=True)
    _tidy(axes)


def _draw_helpful(axes: "Axes", rows: list[Row]) -> None:
    places = range(len(rows))
    shares = [row.helpful_share or 0 for row in rows]
    axes.barh(places, shares, height=0.65, color=COLOURS["answered"])
    for place, (row, share) in enumerate(zip(rows, shares, strict=True)):
        said = (row.helpful or 0) + (row.unhelpful or 0)
        axes.annotate(f"{share} % of {said}", (share, place), (4, 0), textcoords="offset points", va="center")
    axes.set_yticks(places, [row.entry for row in rows])
    axes.set_xlim(0, 112)
    axes.set_xticks(range(0, 101, 20))
    axes.set_ylim(max(len(rows), 4) - 0.4, -0.6)
    axes.set_xlabel("% of those who said either")
    axes.set_title('"It helped", by entry (the most shown first)', loc="left", fontweight="bold")
    if not rows:
        axes.annotate("nothing to show yet", (0.5, 0.5), xycoords="axes fraction", ha="center", color=_QUIET)
    _tidy(axes)


def _tidy(axes: "Axes") -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(length=0)


def _label(week: Week) -> str:
    return week.monday.isoformat() + ("\n(unfinished)" if week.unfinished else "")


def _note(report: Report) -> str:
    days = f"{report.first.isoformat()} to {report.last.isoformat()}"
    return f"{days}. Counts below {hiding.SHOWN_FROM}, and those that would tell one, are hidden and left out."


def main(database: str, weeks: str) -> None:
    """Write the picture of the last weeks to standard output; end with one sentence and code 2 if it cannot be."""
    try:
        sys.stdout.buffer.write(plot(asyncio.run(report_at(Path(database), date.today(), int(weeks)))))
    except (NoPlots, store.NoStore) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main(*sys.argv[1:])
