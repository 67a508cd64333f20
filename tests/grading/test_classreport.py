"""The class report: what it says of a class, and that nothing a student wrote can act on who reads it."""

import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console

from hbcourse.grading.course.folder import Course, Submission
from hbcourse.grading.marks.changes import Change
from hbcourse.grading.marks.parts import Part
from hbcourse.grading.marks.results import Result
from hbcourse.grading.shown import terminal
from hbcourse.grading.shown.classreport import by_part, mistakes, write

MAXIMA = {"test_rates": 1, "test_weights": 2, "test_risks": 3}
MESSAGES = {
    "test_rates": "rates is not right at index {}: it is {:.6g}.",
    "test_weights": "weights([1.5, 2.0], {}) is not right: it is {:.6g}. So are 3 more of its 7 values.",
    "test_risks": "NameError: name 'theta2' is not defined",
}
HINTS = {"test_rates": "Divide by the hospital's own operations."}


class Page(HTMLParser):
    """What a browser would make of the page: its elements, and the text of each table's cells."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.rows = [], {}
        self.table = self.cell = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag == "table":
            self.table = self.rows.setdefault(len(self.rows), [])
        elif tag == "tr":
            self.table.append([])
        elif tag in ("td", "th"):
            self.table[-1].append("")
            self.cell = True

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.cell = None
            self.table[-1][-1] = " ".join(self.table[-1][-1].split())

    def handle_data(self, data):
        if self.cell:
            self.table[-1][-1] += data

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def figures(self):
        return [attributes["aria-label"] for attributes in self.all("div") if attributes.get("role") == "img"]


def student(name, rng, rejected=0.0, manual=True, maxima=MAXIMA):
    if rng.random() < rejected:
        return Result(
            Submission("pooling", name), tuple(Part(n, 0, m) for n, m in maxima.items()), "Not graded: not valid JSON."
        )
    parts = []
    for part, most in maxima.items():
        right = rng.random() < 0.6
        message = "" if right else MESSAGES[part].format(rng.integers(9), rng.normal())
        hint = "" if right else HINTS.get(part, "")
        parts.append(Part(part, most if right else 0, most, message, hint))
    if manual:
        parts.append(Part("decision", None, 4))
    return Result(Submission("pooling", name), tuple(parts))


def school(size, seed=3, **options):
    rng = np.random.default_rng(seed)
    return [student(f"student{number:03}", rng, **options) for number in range(size)]


def written(results, folder):
    path = folder / "grades" / "pooling.html"
    write(results, path, Course(folder).page)
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def forty():
    manual = [(Part("decision", None, 4),), (Part("decision", 3, 4),)]
    results = [
        Result(r.submission, r.parts + manual[number % 2 if not r.problem else 1], r.problem)
        for number, r in enumerate(school(38, manual=False))
    ]
    zeros = tuple(Part(name, 0, most) for name, most in [*MAXIMA.items(), ("decision", 4)])
    return [
        *results,
        Result(Submission("pooling", "zoe"), zeros, "Not graded: pooling.ipynb is missing."),
        Result(Submission("pooling", "zora"), zeros, "Not graded: not valid JSON."),
    ]


@pytest.fixture(scope="module")
def page(forty, tmp_path_factory):
    return Page(written(forty, tmp_path_factory.mktemp("report")))


def test_it_counts_what_was_handed_in_graded_troubled_and_is_to_be_read(forty, tmp_path):
    numbers = dict(re.findall(r"<dt>(?:<a[^>]*>)?([^<]*)(?:</a>)?</dt><dd[^>]*>(\d+)<", written(forty, tmp_path)))
    assert numbers == {"handed in": "40", "graded": "38", "with a problem": "2", "answers to read": "19"}


def test_mistakes_are_grouped_by_hint_or_by_the_message_without_its_numbers(forty, page):
    graded = [result for result in forty if not result.problem]
    wrong = {name: sum(p.name == name and p.points == 0 for r in graded for p in r.parts) for name in MAXIMA}
    assert len(set(wrong.values())) > 1
    expected = [
        (wrong["test_rates"], "rates", "Divide by the hospital's own operations."),
        (wrong["test_weights"], "weights", "weights([…], …) is not right: it is …. So are … more of its … values."),
        (wrong["test_risks"], "risks", "NameError: name 'theta2' is not defined"),
    ]
    assert sorted(mistakes(graded)) == sorted(expected)
    counts = [count for count, _, _ in mistakes(graded)]
    assert counts == sorted(counts, reverse=True)
    assert page.rows[0][1:] == [[str(count), part, text] for count, part, text in mistakes(graded)]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("x is not right: it is 4.", "x is not right: it is 4.5.", True),
        ("x is not right: it is -1e-05.", "x is not right: it is 12.", True),
        ("x is not right at index (0, 12): it is 3.", "x is not right at index 5: it is 1.", False),
        ("f([1., 2.]) is 3.", "f([1.5, ..., 4., 9.]) is 3.", True),
        ("f([1. , 0.5]) is 3.", "f([ 0.5, 2. ]) is 4.", True),
        ("x1 has no value yet.", "x2 has no value yet.", False),
        # A student can write this word too.
        ("Oops: 1. Hint: Take the root.", "Sorry. Hint: Take the root.", False),
        ("x is nan.", "x is 1.", False),
    ],
)
def test_messages_that_differ_in_their_numbers_only_are_one_mistake(one, other, same):
    results = [
        Result(Submission("pooling", str(i)), (Part("test_x", 0, 1, text),)) for i, text in enumerate((one, other))
    ]
    assert len(mistakes(results)) == (1 if same else 2)


@pytest.mark.parametrize(("hints", "kinds"), [(("Take the root.",) * 2, 1), (("The root of 2.", "The root of 3."), 2)])
def test_mistakes_with_the_same_hint_are_one(hints, kinds):
    parts = [Part("test_x", 0, 1, f"x is {number}. Hint: {hint}", hint) for number, hint in enumerate(hints)]
    results = [Result(Submission("pooling", str(number)), (part,)) for number, part in enumerate(parts)]
    assert sorted(kind for _, _, kind in mistakes(results)) == sorted(set(hints))
    assert len(mistakes(results)) == kinds


def test_parts_are_sorted_with_the_hardest_first(forty, page):
    shares = [(int(share), name) for name, share in re.findall(r"(\w+) (\d+)%", page.figures[1])]
    assert sorted(shares) == shares
    graded = [result for result in forty if not result.problem]
    right = {
        name: np.mean([p.points == m for r in graded for p in r.parts if p.name == name]) for name, m in MAXIMA.items()
    }
    # The decision, which half of the class has still to be read, is not among them.
    expected = {name.removeprefix("test_"): round(100 * share) for name, share in right.items()}
    assert {name: share for share, name in shares} == expected


def test_a_part_that_is_partly_read_is_averaged_over_those_that_are(forty):
    decision = by_part(forty[:38])[-1]
    assert (decision.title, len(decision.points), decision.average, decision.right) == ("decision", 19, 3, 0)


def test_failures_and_all_students_are_listed(forty, page):
    assert page.rows[1][1:] == [
        ["zoe", "Not graded: pooling.ipynb is missing."],
        ["zora", "Not graded: not valid JSON."],
    ]
    rows = page.rows[2][1:]
    assert [row[0] for row in rows] == [result.student for result in forty]
    first = forty[0]
    assert rows[0][1:3] == [f"{first.score:g} of 6", "4"]
    assert rows[1][1:3] == [f"{forty[1].score:g} of 10", ""]
    assert rows[0][3] == " ".join(f"{p.title} −{p.max_points:g}" for p in first.parts if p.points == 0)
    assert rows[-1][1:] == ["0 of 10", "", "with a problem"]


def in_histogram(label):
    return sum(int(count) for count in re.findall(r": (\d+)[;.]", label))


@pytest.mark.parametrize("size", [1, 3, 40, 500])
@pytest.mark.parametrize("top", [1, 17, 100, 0.3])
def test_the_histogram_holds_everyone(size, top, tmp_path):
    rng = np.random.default_rng(size)
    whole = top >= 1
    scores = [0, top, *rng.integers(0, top + 1, size).tolist()] if whole else [0, top, *(top * rng.random(size))]
    results = [Result(Submission("pooling", str(i)), (Part("test_x", s, top),)) for i, s in enumerate(scores[-size:])]
    label = Page(written(results, tmp_path)).figures[0]
    assert in_histogram(label) == size
    columns = re.findall(r"([\d.]+)(?: to ([\d.]+))?: ", label)
    if whole:
        widths = {int(high or low) - int(low) + 1 for low, high in columns[1:]}
        assert len(widths) <= 1
    assert len(columns) <= 22


def test_extra_credit_is_on_the_axis(tmp_path):
    results = [
        Result(Submission("pooling", "ada"), (Part("decision", 6, 4),)),
        Result(Submission("pooling", "ben"), (Part("decision", 2, 4),)),
    ]
    label, parts = Page(written(results, tmp_path)).figures
    assert in_histogram(label) == 2
    assert "decision 100%" in parts


def test_everything_that_students_write_is_escaped(tmp_path):
    attack = "<script>alert(1)</script>"
    results = [
        Result(Submission("pooling", f"eve{attack}"), (Part("test_x", 0, 1, f"NameError: {attack}\x1b[2J\u202e"),)),
        Result(
            Submission("pooling", '"><img src=x onerror=alert(1)>'), (Part("test_x", 0, 1),), f"Not graded: {attack}"
        ),
        Result(Submission("pooling", "caf\udce9"), (Part("test_x", 0, 1, "{{ 7 * 7 }} $\\frac$"),)),
    ]
    text = written(results, tmp_path)
    page = Page(text)
    assert not page.all("script")
    assert not page.all("img")
    assert not {"\x1b", "\u202e"} & set(text)
    assert page.rows[0][1][2] == "NameError: <script>alert(…)</script>\N{REPLACEMENT CHARACTER}"
    assert page.rows[0][2][2] == "{{ … * … }} $\\frac$"
    assert page.rows[2][1][0] == f"eve{attack}"


def test_a_student_is_linked_to_a_feedback_page_that_exists(tmp_path):
    results = [Result(Submission("pooling", name), (Part("test_x", 1, 1),)) for name in ("a#b c", "none")]
    feedback = tmp_path / "feedback" / "a#b c" / "pooling"
    feedback.mkdir(parents=True)
    (feedback / "pooling.html").touch()
    links = [attributes["href"] for attributes in Page(written(results, tmp_path)).all("a")]
    assert links == ["../feedback/a%23b%20c/pooling/pooling.html"]


def test_the_page_needs_nothing_else_and_is_the_same_each_time(forty, tmp_path):
    text = written(forty, tmp_path)
    page = Page(text)
    used = [v for _, a in page.elements for k, v in a.items() if k in ("src", "href", "xlink:href", "srcset", "data")]
    used += re.findall(r"url\(([^)]*)\)", text)
    assert used
    assert all(reference.startswith("#") for reference in used)
    assert "@import" not in text
    assert not {"script", "link", "iframe", "object", "embed"} & {tag for tag, _ in page.elements}
    assert written(forty, tmp_path) == text


def test_the_page_says_what_its_tables_and_figures_are(page):
    tags = [tag for tag, _ in page.elements]
    assert tags.count("table") == tags.count("caption") == 3
    assert all(attributes.get("scope") in ("col", "row") for attributes in page.all("th"))
    assert [tag for tag in tags if re.fullmatch(r"h\d", tag)] == ["h1"] + 5 * ["h2"]
    assert len(page.figures) == tags.count("svg") == tags.count("figcaption") == 2
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    local = {v[1:] for _, a in page.elements for k, v in a.items() if k.endswith("href") and v.startswith("#")}
    assert local <= set(ids)


def test_what_was_graded_in_spite_of_a_problem_counts_and_what_was_not_does_not(tmp_path):
    right, wrong, lost = Part("test_x", 1, 1), Part("test_x", 0, 1, "x has no value yet."), Part("test_x", 0, 1)
    problem = "Graded, but its feedback page could not be written."
    results = [
        Result(Submission("pooling", "page"), (right,), problem),
        Result(Submission("pooling", "died"), (wrong,), "It used more memory than it may."),
        Result(Submission("pooling", "file"), (lost,), "Not graded: not valid JSON."),
        Result(Submission("pooling", "gone"), (), "Its worker was lost."),
    ]
    text = written(results, tmp_path)
    page = Page(text)
    assert re.findall(r"<dd[^>]*>(\d+)<", text) == ["4", "2", "4", "0"]
    assert in_histogram(page.figures[0]) == 2
    assert page.rows[0][1:] == [["1", "x", "x has no value yet."]]
    assert [row[1:] for row in page.rows[2][1:]] == [
        ["1 of 1", "with a problem"],
        ["0 of 1", "with a problem x −1"],
        ["0 of 1", "with a problem"],
        ["", "with a problem"],
    ]


def test_a_class_of_one(tmp_path):
    page = Page(written(school(1), tmp_path))
    assert len(page.figures) == 2
    assert len(page.rows[max(page.rows)]) == 2


def test_a_class_of_which_nothing_could_be_graded(tmp_path):
    text = written(school(5, rejected=1), tmp_path)
    assert not Page(text).figures
    assert text.count("No points to show: nothing could be graded.") == 2
    assert "The tests found none." not in text


def test_an_assignment_that_only_a_person_can_judge(tmp_path):
    text = written(school(5, maxima={}), tmp_path)
    assert not Page(text).figures
    assert text.count("No points to show until a person has read the answers.") == 2
    assert "The tests found none." in text


def test_five_hundred_students_with_mistakes_of_their_own(tmp_path):
    own = [
        replace(r, parts=(*r.parts, Part("test_last", 0, 1, f"NameError: name '{r.student}' {'x' * 999}")))
        for r in school(500, rejected=0.1)
    ]
    page = Page(written(own, tmp_path))
    assert len(page.rows[2]) == 501
    assert len(page.rows[0]) == 21
    assert all(len(row[2]) <= 500 for row in page.rows[0])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_it_without_a_sideways_scroll_or_an_error(browser, forty, tmp_path, scheme):
    long = Result(
        Submission("pooling", "x" * 200),
        tuple(Part(name, 0, m, "y" * 400) for name, m in MAXIMA.items()) + forty[1].parts[-1:],
    )
    written([*forty, long], tmp_path)
    view = browser.new_page(viewport={"width": 390, "height": 800}, color_scheme=scheme)
    said, asked = [], []
    view.on("console", lambda message: said.append(message.text))
    view.on("request", lambda request: asked.append(request.url))
    view.goto((tmp_path / "grades" / "pooling.html").as_uri())
    assert view.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    ink, behind = view.evaluate(
        "[getComputedStyle(document.querySelector('svg text')).fill, getComputedStyle(document.body).backgroundColor]"
    )
    dark, light = sorted(sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in (ink, behind))
    assert light - dark > 500
    assert (said, len(asked)) == ([], 1)
    view.close()


def shown(show, *arguments):
    console = Console(width=150, file=io.StringIO(), color_system=None)
    show(console, *arguments)
    return console.file.getvalue()


def test_the_terminal_shows_changed_marks_and_nothing_where_there_are_none():
    text = shown(terminal.show_changes, [Change("a[red]da\x1b", "rates", None, 1.5, "the exercise changed")])
    assert re.search(r"a\[red\]da\N{REPLACEMENT CHARACTER} +│ rates +│ +– │ +1\.5 │ the exercise changed", text)
    assert shown(terminal.show_changes, []) == ""


def test_the_terminal_says_where_it_stopped():
    text = shown(terminal.show_stopped, 12, 40)
    assert text == "Stopped: 12 of 40 submissions are graded. The next run goes on from there.\n"


def test_the_terminal_lists_students_parts_and_problems(forty):
    text = shown(terminal.show_results, "pooling", forty)
    assert "pooling: 40 handed in" in text
    assert f"student000: {forty[0].score:g} of 6 points, 4 more for a person to give" in text
    assert "Not graded: pooling.ipynb is missing." in text
    assert re.search(r"decision +│ +0 of 19 │ +3\.00 │ +4", text)
    assert "With a problem: zoe, zora" in text


@pytest.mark.parametrize(
    ("pause", "rate", "left"), [(0.1, "10.0 per second", "0:00:03"), (40, "1.5 per minute", "0:20:00")]
)
def test_the_bar_shows_how_many_are_done_how_fast_and_the_time_left(pause, rate, left):
    now = [0.0]
    console = Console(width=150, file=io.StringIO(), force_terminal=True, color_system=None, get_time=lambda: now[0])
    with terminal.progress(console, 40) as bar:
        for number in range(10):
            now[0] += pause
            bar.advance(f"[b]ada{number}")
        last = shown(lambda paper: paper.print(bar.progress))
    assert re.search(rf"Grading ━+\S* +━* *10/40 {rate} {left} left \[b\]ada9", last), last


def test_grading_writes_the_report_beside_the_marks(monkeypatch, tmp_path, capsys):
    one = Submission("pooling", "student000")
    monkeypatch.setattr(Course, "assignments", lambda self: {"pooling"})
    monkeypatch.setattr(terminal.find, "find", lambda inbox, assignments: ([one], ["[x]/y: stray"]))
    change = Change("student000", "rates", 0, 1, "the package changed")
    monkeypatch.setattr(
        terminal.runner,
        "grade",
        lambda *_: [SimpleNamespace(result=r, fresh=True, changes=[change]) for r in school(3)],
    )
    terminal.grade_and_show(Course(tmp_path), terminal.runner.Options())
    said = capsys.readouterr().out
    assert f"Class report: {tmp_path / 'grades' / 'pooling.html'}" in said
    assert "Left out: [x]/y: stray" in said
    assert "Marks that changed: 3" in said
    assert (tmp_path / "grades" / "pooling.html").exists()
    assert (tmp_path / "grades" / "pooling.csv").exists()
