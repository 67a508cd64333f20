"""The class report: one page an assignment, with what a class got right and what it stumbled over."""

import io
import math
import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from urllib.parse import quote

import matplotlib as mpl
import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..course.folder import Submission
from ..course.settings import settings
from ..marks.parts import Part
from ..marks.results import Result
from . import plain

_HERE = Path(__file__).parent
#: Rows of the table of mistakes; what only few have made is in the CSV file.
_MISTAKES = 20
#: A part's name on the axis of a figure.
_LONGEST_NAME = 28
_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
_SERIES = re.compile(r"(?:(?<=\[) )?…\.?(?: ?, ?(?:…|\.\.\.)\.?)+(?: (?=\]))?")


@dataclass(frozen=True)
class PartSummary:
    """One part of an assignment, and the points of all whose answer has been judged."""

    title: str
    max_points: float
    points: tuple[float, ...]
    to_read: int

    @property
    def right(self) -> int:
        """How many have full points."""
        return sum(points >= self.max_points for points in self.points)

    @property
    def average(self) -> float:
        return fmean(self.points)

    @property
    def share(self) -> float:
        """The share of the part's points that the class has."""
        return self.average / self.max_points


@dataclass(frozen=True)
class _Figure:
    svg: Markup
    shows: str
    caption: str


def by_part(results: Sequence[Result]) -> list[PartSummary]:
    """Each part, in the order of the notebook."""
    parts: dict[str, list[Part]] = defaultdict(list)
    for result in results:
        for part in result.parts:
            parts[part.name].append(part)
    return [
        PartSummary(same[0].title, same[0].max_points, points, to_read=len(same) - len(points))
        for same in parts.values()
        for points in [tuple(part.points for part in same if part.points is not None)]
    ]


def was_graded(result: Result) -> bool:
    """Whether it was run, if not to its end: what was not has no points, no message and no answer to read."""
    return not result.problem or any(part.points != 0 or part.message for part in result.parts)


def mistakes(results: Sequence[Result]) -> list[tuple[int, str, str]]:
    """How many made it, in which part, and its hint or, without a hint, what all its messages share."""
    made = Counter((part.title, _kind(part)) for result in results for part in result.parts if part.message)
    return [(count, part, kind) for (part, kind), count in made.most_common()]


def write(results: Sequence[Result], path: Path, page: Callable[[Submission], Path]) -> None:
    """Write the report of an assignment, at least one result long; ``page`` says where a student's page would be."""
    graded = list(filter(was_graded, results))
    found = mistakes(graded)
    text = _template().render(
        assignment=results[0].submission.assignment,
        submissions=sum(result.handed_in for result in results),
        graded=len(graded),
        to_read=sum(result.to_read for result in results),
        scores=_scores(graded),
        parts=_hardest(by_part(graded)),
        mistakes=found[:_MISTAKES],
        other_mistakes=len(found[_MISTAKES:]),
        failures=[result for result in results if result.handed_in and result.problem],
        results=results,
        feedback={result.student: _link(page(result.submission), path) for result in results},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"plain": plain.line, "breakable": _breakable, "points": "{:g}".format}
    environment.tests |= {"graded": was_graded}
    return environment.get_template("classreport.html.j2")


def _breakable(name: str) -> Markup:
    """A part's name that may go on in the next line after an underscore."""
    return escape(plain.line(name)).replace("_", Markup("_<wbr>"))


def _link(page: Path, report: Path) -> str:
    """Where a student's page is, seen from the report; empty if there is none."""
    way = page.relative_to(report.parent, walk_up=True)
    return "/".join(quote(os.fsencode(part)) for part in way.parts) if page.exists() else ""


def _kind(part: Part) -> str:
    return plain.line(part.hint) or _SERIES.sub("…", _NUMBER.sub("…", plain.line(part.message)))


def _scores(graded: Sequence[Result]) -> _Figure | None:
    """How the points are distributed, if there are any to be had yet."""
    scores = [result.score for result in graded]
    # Extra credit may take a student above the sum of the parts.
    top = max([result.max_score - result.unread for result in graded] + scores, default=0)
    if top <= 0:
        return None
    unit = next((unit for unit in (1, 0.5, 0.25) if all((score / unit).is_integer() for score in [*scores, top])), 0)
    edges = _edges(top, unit, bins=max(10, min(20, round(2 * math.sqrt(len(scores))))))
    counts = np.histogram(scores, edges)[0].tolist()
    middle = median(scores)

    def draw(axes: Axes) -> None:
        width = edges[1] - edges[0]
        axes.bar(edges[:-1], counts, 0.94 * width, align="edge")
        axes.axvline(middle, color="C1", linewidth=2)
        axes.text(middle, 1.02, f"median {middle:g}", ha="center", transform=axes.get_xaxis_transform())
        axes.set_xlim(-unit / 2, top + unit / 2)
        axes.set_xlabel("points")
        axes.set_ylabel("students")
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=unit == 1))
        axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))

    def values(low: float, high: float) -> str:
        low, high = max(0, low + unit / 2), high - unit / 2
        return f"{low:g}" if low == high else f"{low:g} to {high:g}"

    columns = [f"{values(*ends)}: {count}" for *ends, count in zip(edges[:-1], edges[1:], counts, strict=True) if count]
    return _Figure(
        svg=_svg("scores", 2.9, draw),
        shows=f"Histogram. Students by points: {'; '.join(columns)}.",
        caption=f"Median {middle:g}, mean {fmean(scores):.4g} of {top:g} points",
    )


def _edges(top: float, unit: float, bins: int) -> list[float]:
    """Edges of about so many bins, each for equally many of the possible scores; the last ends with the top."""
    power = 10 ** math.floor(math.log10(top / bins))
    step = next(step * power for step in (1, 2, 5, 10) if step * power >= top / bins)
    if unit:
        step = unit * max(1, round(step / unit))
    end = top + unit / 2
    # Rounded, or a score of 0 might lie below the first edge by the last digit.
    steps = math.ceil(round((top + unit) / step, 9))
    return [round(end - step * back, 9) for back in range(steps, -1, -1)]


def _hardest(parts: Sequence[PartSummary]) -> _Figure | None:
    """The share of its points that each part has given, the least first."""
    # Answers left empty have their 0 points before anybody has read the others.
    judged = sorted((part for part in parts if not part.to_read and part.max_points), key=lambda part: part.share)
    if not judged:
        return None
    shares = [part.share for part in judged]

    def draw(axes: Axes) -> None:
        rows = range(len(judged))
        whole = axes.barh(rows, [max(1.0, *shares)] * len(judged), color="C6", alpha=0.15)
        axes.bar_label(whole, [f"{share:.0%}" for share in shares], padding=4)
        axes.barh(rows, shares)
        axes.set_yticks(rows, [plain.line(part.title, _LONGEST_NAME) for part in judged], parse_math=False)
        axes.invert_yaxis()
        axes.margins(x=0, y=0.02)
        axes.tick_params(length=0, labelbottom=False)
        axes.spines[:].set_visible(False)

    listed = "; ".join(f"{part.title} {part.share:.0%}" for part in judged)
    return _Figure(
        svg=_svg("parts", 0.3 + 0.3 * len(judged), draw),
        shows=f"Bar chart. Share of its points that the class has in each part, the hardest first: {listed}.",
        caption="Share of its points that the class has in each part",
    )


def _svg(name: str, height: float, draw: Callable[[Axes], None]) -> Markup:
    """The drawing as an element of a page; its letters are text, in the font and the colour of the page."""
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}, fname=settings().style):
        figure = Figure(figsize=(4.6, height), layout="constrained")
        draw(figure.subplots())
        file = io.StringIO()
        figure.savefig(
            file,
            format="svg",
            transparent=True,
            metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
        )
    element = file.getvalue()
    # The prolog has no place in a page, and ids are the page's, not the figure's.
    return Markup(re.sub(r'(\bid="|href="#|url\(#)', rf"\1{name}-", element[element.index("<svg") :]))
