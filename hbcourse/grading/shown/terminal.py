"""What grading prints: progress, and a summary that a person can read."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from .. import CourseError
from ..course import config
from ..course.folder import Course, Submission
from ..doctor import Finding
from ..handin import find
from ..marks import gradebook, history, students
from ..marks.changes import Change
from ..marks.results import Result
from ..running import runner
from ..running.executors import Grader
from ..running.options import Options
from ..running.runner import Graded
from . import classreport, plain, table
from .classreport import PartSummary, by_part, was_graded

#: Students listed by name; a larger class is in the CSV file and in the class report.
_LISTED = 40
#: Seconds over which the rate is taken, so long that slow submissions have one too.
_WINDOW = 600


_UNWALLED = (
    "Submissions run WITHOUT a sandbox: their code can read and change whatever you can, this course's solutions and "
    "gradebook included. Grade only people you trust so, or on a machine that holds nothing else."
)


def grade_and_show(course: Course, options: Options, started: Grader | None = None) -> int:
    """Grade the course, with a progress bar, then say what came of it; return 130 if it was stopped by Ctrl-C."""
    console = Console()
    _, strays = find.find(course.inbox, course.assignments())
    lying, gone = runner.submissions(course)
    waiting = find.of([*lying, *gone], options.assignments, options.students)
    if options.trusted:
        console.print(f"[bold red]Warning:[/] {_UNWALLED}\n")
    graded: list[Graded] = []
    stopped = False
    with progress(console, len(waiting)) as bar:
        try:
            for one in runner.grade(course, options, started):
                graded.append(one)
                if one.result.handed_in:
                    bar.advance(one.result.student)
        except KeyboardInterrupt:
            stopped = True
    if stopped:
        show_stopped(console, len(graded), len(waiting))
        return 130
    by_assignment: dict[str, list[Result]] = defaultdict(list)
    sections = students.sections(course)
    for result in sorted((one.result for one in graded), key=lambda result: result.student):
        more = students.remarks(result.student, sections) if result.handed_in else ()
        by_assignment[result.submission.assignment].append(replace(result, remarks=(*result.remarks, *more)))
    for assignment, results in by_assignment.items():
        marks, report = course.table(assignment), course.report(assignment)
        table.write(results, marks, sections)
        classreport.write(results, report, course.page)
        asked = [result for result in results if result.student in (options.students or [result.student])]
        show_results(console, assignment, asked)
        console.print(f"Marks: {marks}\nClass report: {report}\nFeedback: {course.pages}\n", soft_wrap=True)
    show_changes(console, [change for one in graded for change in one.changes])
    there = [one for one in graded if one.result.handed_in]
    if unchanged := sum(not one.fresh for one in there):
        console.print(f"{unchanged} of {len(there)} had not changed since they were graded.")
    for stray in strays:
        _say(console, "[red]Left out:[/] ", stray)
    return 0


def show_history(course: Course, submission: Submission) -> int:
    """All that a student has handed in for an assignment, and what came of it each time it was graded."""
    console = Console()
    config.known(str(course.folder), "assignment", submission.assignment, course.assignments())
    with gradebook.opened(course) as writer:
        config.known(str(course.folder), "student", submission.student, writer.students())
        total, given = writer.total(submission), writer.given(submission)
    gradings = list(history.read(course.history(submission)))
    if not gradings:
        raise CourseError(f"{submission.student} has handed in nothing for {submission.assignment} that was graded.")
    for grading in gradings:
        where = f"{grading.at}  {_rounded(grading.score)} of {_rounded(grading.max_score)} points when it was graded"
        _say(console, "", f"{where}  {grading.place}")
        parts = (f"{part} {'–' if points is None else _rounded(points)}" for part, points in grading.parts.items())
        _say(console, "    ", ", ".join(parts) or grading.problem)
    for part, one, stands in given:
        told = {"points": one.points, "extra credit": one.extra_credit, "comment": one.comment}
        shown = ", ".join(f"{what} {value}" for what, value in told.items() if value is not None)
        _say(console, "By hand: ", f"{part}: {shown}{'' if stands else ' (waits for its answer to come back)'}")
    console.print(f"Total now: {_rounded(total or 0)} points")
    return 0


def show_findings(findings: Sequence[Finding]) -> int:
    """What this machine offers for grading; return 1 if something that is needed is missing."""
    console = Console()
    for finding in findings:
        sign = "[green]✓[/]" if finding.found else "[red]✗[/]" if finding.needed else "[yellow]–[/]"
        _say(console, f"{sign} {finding.what}: ", finding.says)
        if not finding.found:
            _say(console, "    ", finding.advice)
    missing = [finding.what for finding in findings if finding.needed and not finding.found]
    console.print(f"\nMissing: {', '.join(missing)}." if missing else "\nReady to grade.")
    return int(bool(missing))


@dataclass(frozen=True)
class Bar:
    """A progress bar on the screen."""

    progress: Progress
    task: TaskID

    def advance(self, name: str) -> None:
        """One more is done; ``name`` says whose."""
        self.progress.update(self.task, advance=1, description=_safe(name))


class _Rate(ProgressColumn):
    """How fast it goes, in the unit that makes a number above one."""

    max_refresh = 0.5

    def render(self, task: Task) -> Text:
        per_second = task.finished_speed or task.speed or 0
        if per_second >= 1:
            return Text(f"{per_second:.1f} per second")
        return Text(f"{60 * per_second:.1f} per minute" if per_second else "")


@contextmanager
def progress(console: Console, total: int) -> Iterator[Bar]:
    """A bar with the number done, the rate and the time left."""
    columns = (
        TextColumn("Grading"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        TextColumn("left"),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, speed_estimate_period=_WINDOW) as shown:
        yield Bar(shown, shown.add_task("", total=total))


def show_results(console: Console, assignment: str, results: Sequence[Result]) -> None:
    """Points and remarks of each student of an assignment, how each part went, and who had a problem."""
    there = [result for result in results if result.handed_in]
    console.rule(f"{_safe(assignment)}: {len(there)} handed in", align="left")
    for result in there[:_LISTED]:
        console.print(f"[bold]{_safe(result.student)}[/]: {_points(result)}", soft_wrap=True)
        for part in result.parts:
            lost = part.max_points - (part.points or 0)
            # A setting may have given the points all the same, or have dropped the part.
            if part.message and lost > 0:
                _say(console, f"  [red]−{lost:g}[/] {_safe(part.title)}: ", part.message)
        for remark in result.remarks:
            _say(console, "  ", remark, style="yellow")
        if result.problem:
            _say(console, "  ", result.problem, style="red")
    if len(there) > _LISTED:
        console.print(f"… and {len(there) - _LISTED} more.")
    console.print()
    console.print(_parts_table(by_part(list(filter(was_graded, results)))))
    if troubled := [result.student for result in there if result.problem]:
        console.print(f"With a problem: {', '.join(map(_safe, troubled))}", soft_wrap=True)
    if missing := [result.student for result in results if not result.handed_in]:
        console.print(f"Handed in nothing: {', '.join(map(_safe, missing))}", soft_wrap=True)


def _points(result: Result) -> str:
    """What counts, and how it came about; rounded for the eye to two decimals, as on the feedback page."""
    told = f"{_rounded(result.score)} of {_rounded(result.max_score - result.unread)} points"
    if result.late_penalty:
        told += f" ({_rounded(result.raw)} less {_rounded(result.late_penalty)} for coming late)"
    if result.extra_credit:
        told += f", {_rounded(result.extra_credit)} of them extra credit"
    return told + (f", {_rounded(result.unread)} more for a person to give" if result.unread else "")


def _rounded(points: float) -> str:
    return f"{round(points, 2):g}"


def show_changes(console: Console, changes: Sequence[Change]) -> None:
    """The marks that grading again has changed, if it has."""
    if not changes:
        return
    table = Table("student", "part", title=f"Marks that changed: {len(changes)}", title_justify="left")
    for column in ("before", "after"):
        table.add_column(column, justify="right")
    table.add_column("why")
    for change in changes:
        before, after = ("–" if points is None else _rounded(points) for points in (change.before, change.after))
        table.add_row(_safe(change.student), _safe(change.part), before, after, change.why)
    console.print(table)


def show_stopped(console: Console, done: int, total: int) -> None:
    """That grading was stopped, and what becomes of the rest."""
    console.print(f"Stopped: {done} of {total} submissions are graded. The next run goes on from there.")


def _safe(text: str) -> str:
    """Text by a student, without what a terminal or the console's markup would obey."""
    return escape(plain.line(text))


def _say(console: Console, label: str, text: str, style: str = "") -> None:
    console.print(f"{label}{_safe(text)}", style=style, soft_wrap=True, highlight=False)


def _parts_table(parts: Sequence[PartSummary]) -> Table:
    table = Table("part")
    for column in ("right", "points on average", "of"):
        table.add_column(column, justify="right")
    for part in parts:
        right = f"{part.right} of {len(part.points)}" if part.points else "to read"
        average = f"{part.average:.2f}" if part.points else ""
        table.add_row(_safe(part.title), right, average, f"{part.max_points:g}")
    return table
