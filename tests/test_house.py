"""What holds the house together: its layers, its size, its words in README, its pins, its font."""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("geo", "app", "ui", "resources", "scripts")
SOURCES = [ROOT / "main.py", *sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))]
TRACKED_TEXT = [
    path
    for pattern in (
        "*.md",
        "docs/**/*.md",
        "resources/**/*.md",
        "Makefile",
        "constraints.txt",
        "pyproject.toml",
    )
    for path in ROOT.glob(pattern)
]
HEAVY = (
    "geopandas",
    "pandas",
    "pyogrio",
    "folium",
    "openpyxl",
    "xlsxwriter",
    "python_calamine",
    "pypinyin",
)


def shown(path):
    return path.relative_to(ROOT).as_posix()


def script(name):
    """Return one of ``scripts`` as a module."""
    spec = importlib.util.spec_from_file_location(f"script_{name}", ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_that_every_module_says_what_it_is_for():
    assert [shown(p) for p in SOURCES if not ast.get_docstring(ast.parse(p.read_text("utf-8")))] == []


def test_that_heavy_packages_are_imported_only_where_they_are_used():
    found = []
    for path in SOURCES:
        if "scripts" in path.parts:
            continue
        for node in ast.parse(path.read_text("utf-8")).body:
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            found += [f"{shown(path)}: {name}" for name in names if name.partition(".")[0] in HEAVY]
    assert found == []


def test_that_nothing_sleeps_blocks_in_a_dialog_or_is_left_to_do():
    banned = re.compile(
        r"\bTODO\b|\bFIXME\b|\bXXX\b|time\.sleep\(|QThread\.(m|u)?sleep\(|[Dd]ialog\w*\.exec\(|\bmsgbox\.exec\("
    )
    found = [
        f"{shown(path)}:{number}: {line.strip()}"
        for path in SOURCES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if banned.search(line)
    ]
    assert found == []


def test_that_labels_tips_and_buddies_are_made_in_one_module_where_text_is_plain():
    bare = re.compile(
        r"(?<!\w)QLabel\(|\(QLabel\)|\.setToolTip\(|\.setWhatsThis\(|\.setStatusTip\(|ToolTipRole|WhatsThisRole|StatusTipRole"
        r"|TextFormat\.(RichText|AutoText|MarkdownText)|\.setBuddy\(|QMessageBox|QToolTip|\.setHtml\(|setToolTipsVisible"
        r"|\.addRow\((?!text_label\b)[^)]*,"
    )
    found = [
        f"{shown(path)}:{number}: {line.strip()}"
        for path in SOURCES
        if path.is_relative_to(ROOT / "ui") and shown(path) != "ui/widgets/plain.py"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if bare.search(line)
    ]
    assert found == []


def test_that_every_model_with_tips_keeps_markup_out_of_them():
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.FunctionDef) or node.name not in {"data", "headerData"}:
                continue
            names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
            made = {d.id for d in node.decorator_list if isinstance(d, ast.Name)}
            if "TIP_ROLE" in names and "with_plain_tips" not in made:
                found.append(f"{shown(path)}:{node.lineno}")
    assert found == []


def test_that_no_filter_watches_the_whole_application():
    """Events of widgets that are half made would reach it, and wrapping one of those ends the process now and then."""
    watched = re.compile(r"\b(app|application|[qQ]App|instance\(\))\.installEventFilter\(")
    found = [
        f"{shown(path)}:{number}: {line.strip()}"
        for path in SOURCES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if watched.search(line)
    ]
    assert found == []


def test_that_boxes_are_of_the_one_kind_that_the_wheel_does_not_turn():
    bare = re.compile(
        r"\bQ(Combo|FontCombo|Spin|DoubleSpin)Box\b|\bQTab(Bar|Widget)\b|\bQ(Slider|Dial)\b"
        r"|\bQ(Date|Time|DateTime)Edit\b|\bQCalendarWidget\b"
    )
    found = [
        f"{shown(path)}:{number}: {line.strip()}"
        for path in SOURCES
        if "ui" in path.parts
        and not {"widgets", "cli"} & set(path.parts)  # the bench asks another window for its boxes
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if bare.search(line)
    ]
    assert found == []


def test_that_no_room_imports_from_a_room_above_it():
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def test_that_every_dependency_is_pinned_to_one_version_without_an_address():
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9._+]+", line)] == []
    pinned = {plain(line.partition("==")[0]) for line in lines}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = {name: needs for name, needs in project["optional-dependencies"].items() if name != "resources"}
    wanted = [*project["dependencies"], *(need for extra in extras.values() for need in extra)]
    assert {plain(re.match(r"[A-Za-z0-9._-]+", need)[0]) for need in wanted} - pinned == {project["name"]}


def plain(package):
    return re.sub(r"[-_.]+", "-", package).lower()


def test_that_texts_name_no_machine_and_no_private_path():
    private = re.compile(r"/(home|root|work|Users)/|\b(10\.\d+|192\.168|172\.16)\.\d+\.\d+\b")
    found = [
        f"{shown(path)}:{number}"
        for path in TRACKED_TEXT
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if private.search(line)
    ]
    assert found == []


def test_that_the_readme_names_only_verbs_and_options_the_program_has():
    from ui.cli.run import verb_called, verb_names

    text = (ROOT / "README.md").read_text("utf-8")
    verbs = {name: verb_called(name) for name in verb_names()}
    named = set(re.findall(r"^python main\.py ([\w-]+)", text, re.MULTILINE))
    for row in re.findall(r"^\| ((?:`[\w-]+` ?)+)\|", text, re.MULTILINE):
        named |= set(re.findall(r"`([\w-]+)`", row))
    assert named >= {"sample", "import", "coverage", "check", "verify"}
    assert named - verbs.keys() == set()
    for verb, rest in re.findall(r"^python main\.py ([\w-]+) (.+)$", text, re.MULTILINE):
        options = {option for parameter in verbs[verb].all_options for option in parameter.opts}
        assert set(re.findall(r"(?<=\s)(--[a-z-]+)", rest)) <= options, verb


def test_that_links_between_our_texts_lead_somewhere():
    broken = [
        f"{shown(path)} → {target}"
        for path in TRACKED_TEXT
        if path.suffix == ".md"
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", path.read_text("utf-8"))
        if not target.startswith("http") and not (path.parent / target).exists()
    ]
    assert broken == []


def test_that_each_decision_has_a_number_of_its_own_and_says_what_else_was_weighed():
    decisions = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    numbers = [path.name[:4] for path in decisions]
    assert len(set(numbers)) == len(numbers) >= 7
    listed = (ROOT / "docs" / "decisions" / "README.md").read_text("utf-8")
    for path in decisions:
        text = path.read_text("utf-8")
        for part in ("**Question.**", "**Decision.**", "**Why.**", "**Weighed.**"):
            assert part in text, f"{path.name}: {part}"
        title = text.splitlines()[0].removeprefix(f"# {int(path.name[:4])}. ")
        assert f"| {int(path.name[:4])} | [{title}]({path.name}) | 20" in listed, f"{path.name} is not listed"


def test_that_the_bundled_font_draws_every_character_of_the_national_list(qapp):
    from PySide6.QtGui import QFontDatabase, QRawFont

    characters = (ROOT / "scripts" / "characters_8105.txt").read_text("utf-8").replace("\n", "")
    assert len(set(characters)) == 8105
    extra = "…—“”‘’《》【】（）㎡№①★☆→≥×·"
    own = [
        path for path in SOURCES if path.parts[-2] not in ("scripts", "values", "sheets")
    ]  # values, sheets: what strangers write
    said = {char for path in own for char in path.read_text("utf-8")}
    characters += extra + "".join(
        sorted(char for char in said if ord(char) > 0x7E and not 0xFE50 <= ord(char) <= 0xFE6F)
    )
    for style in ("Regular", "Bold"):
        path = str(ROOT / "resources" / "fonts" / f"XiaoquSans-{style}.otf")
        assert QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(path)) == [
            "Xiaoqu Sans"
        ]
        font = QRawFont(path, 10.0)
        assert [char for char in characters + extra if not font.supportsCharacter(ord(char))] == []


def fault_rows():
    lines = (ROOT / "docs" / "faults.md").read_text("utf-8").splitlines()
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in lines
        if line.startswith("| ")
    ][2:]


def test_that_each_mended_fault_names_a_test_that_there_is():
    rows = fault_rows()
    assert [row for row in rows if len(row) != 5 or not all((row[0], row[1], row[2], row[4]))] == []
    named = [
        (row[0], found) for row in rows for found in re.findall(r"(tests/[\w/]+\.py)(?:::(\w+))?", row[4])
    ]
    assert {entry for entry, _ in named} == {row[0] for row in rows}
    missing = [
        f"{entry}: {path}::{name}"
        for entry, (path, name) in named
        if not (ROOT / path).is_file() or (name and f"def {name}(" not in (ROOT / path).read_text("utf-8"))
    ]
    assert missing == []


def promised():
    """Return the names of widgets and of actions that the reference promises."""
    text = (ROOT / "docs" / "reference" / "8-window.md").read_text("utf-8")
    widgets, actions = text.split("**Actions**")
    promise = re.compile(r"`([a-z_]+(?:\.[a-z_]+)?)`")
    return set(promise.findall(widgets)), set(promise.findall(actions.split("\n\n")[0]))


@pytest.fixture(scope="module")
def sample(made_sample):
    return made_sample("yaohai", 0)


@pytest.fixture
def window_tools(monkeypatch, tmp_path, qapp):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    monkeypatch.setenv("COMPOUND_REGISTRY_SETTINGS", str(tmp_path / "settings.ini"))
    return script("window_names")


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_that_whatever_a_user_can_act_on_has_a_name_for_robots_and_for_screen_readers(
    window_tools, sample, lang
):
    window = window_tools.open_and_wait(sample, lang)
    dialogs = window_tools.open_dialogs(window, "C000100", (117.3, 31.86))
    names = {row.name: row for row in window_tools.named_widgets(window)}
    without = window_tools.nameless(window)
    actions = window_tools.named_actions(window)
    window_tools.close_dialogs(dialogs)
    window.close()
    assert without == []
    widgets, promised_actions = promised()
    assert len(widgets) > 70
    assert len(promised_actions) > 20
    assert widgets - names.keys() == set()
    assert promised_actions - actions.keys() == set()


@pytest.mark.slow
def test_that_the_list_of_names_is_what_the_program_says_today(window_tools, sample):
    told = script("make_docs").automation(sample)
    written = (ROOT / "docs" / "automation.md").read_text("utf-8")
    differing = sorted(set(told.splitlines()) ^ set(written.splitlines()))
    assert differing == [], "run: make docs"


@pytest.mark.slow
def test_that_opening_the_window_imports_nothing_heavy(sample, tmp_path):
    code = (
        "import sys; sys.path.insert(0, 'scripts')\n"
        "from pathlib import Path\n"
        "from PySide6.QtWidgets import QApplication\n"
        "application = QApplication([])\n"
        "import window_names\n"
        "window = window_names.open_and_wait(Path(sys.argv[1]), 'zh')\n"
        "print(' '.join(sorted({name.partition('.')[0] for name in sys.modules})))\n"
        "window.close()\n"
    )
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "COMPOUND_REGISTRY_SETTINGS": str(tmp_path / "s.ini"),
    }
    done = subprocess.run(
        [sys.executable, "-c", code, str(sample)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert {*HEAVY, "sqlalchemy", "pyqtgraph"} & set(done.stdout.split()) == set()
    assert "shapely" in done.stdout.split()


def test_that_the_pictures_of_the_readme_are_made_by_make_docs():
    docs = script("make_docs")
    made = {name for name, *_ in (*docs.PICTURES, *docs.WEEK, docs.PROVINCE, docs.FIRST)}
    assert {path.name for path in (ROOT / "docs").glob("*.png")} == made


# Tables that name five kinds and are no facts about them: icons, words of rows, what a source counts, whom a change
# reaches in coverage (a kind that is missing there is found anew: nothing breaks by forgetting). The list may only shrink.
HONEST_TABLES = {
    "app/coverage/mending/derived.py _SAID",
    "app/coverage/mending/touched.py _ENDS",
    "app/services/adoption/expiry.py SORT_WORDS",
    "ui/models/named.py KIND_ICONS",
    "ui/panels/layers.py _KNOWN",
    "ui/systems/held.py _DIALOGS",
    "ui/systems/table.py SYSTEMS",
    "ui/topics/count/organisations.py LEVELS_OF_TREE",
}


def test_that_what_is_known_of_a_kind_stands_at_its_declaration_and_in_no_table_elsewhere():
    from app.domain.kinds import KINDS

    found = set()
    for path in SOURCES:
        if path.is_relative_to(ROOT / "app" / "domain" / "kinds") or path.is_relative_to(ROOT / "scripts"):
            continue
        for node in ast.parse(path.read_text("utf-8")).body:
            if not isinstance(node, ast.Assign | ast.AnnAssign):
                continue
            said = {
                n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)
            }
            if len(said & KINDS.keys()) >= 5:
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                found.add(f"{shown(path)} {ast.unparse(target)}")
    assert found == HONEST_TABLES


def test_that_a_value_itself_says_its_json_and_every_one_is_asked_alike():
    """``as_json(lang)`` of the value that is told. What persistence keeps as JSON within the file is its own."""
    found, wrong = 0, []
    for path in SOURCES:
        if path.is_relative_to(ROOT / "app" / "persistence"):
            continue
        tree = ast.parse(path.read_text("utf-8"))
        methods = {node for of in ast.walk(tree) if isinstance(of, ast.ClassDef) for node in of.body}
        for node in ast.walk(tree):
            if not isinstance(node, ast.FunctionDef) or not re.search(r"[a-z]_json$", node.name):
                continue
            asked = f"{ast.unparse(node.args).replace('_lang', 'lang')} -> {ast.unparse(node.returns)}"
            if (
                node.name == "as_json"
                and node in methods
                and asked == "self, lang: str -> dict[str, Any]"
                and not node.decorator_list
            ):
                found += 1
            else:
                wrong.append(f"{shown(path)}: {node.name}({asked})")
    assert wrong == []
    assert found > 30
