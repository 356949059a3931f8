"""A pytest plugin for a machine where Qt lacks its libraries (``-p tests.without_qt -p no:pytest-qt``): run what can run.

Whatever ends because a shared library of Qt is not there is left out with that reason, and nothing else is: any other
fault stays a fault. The libraries are the system's; ``make setup`` names the packages.
"""

from __future__ import annotations

import re

import pytest

LACKING = re.compile(r"ImportError: (lib[\w.+-]+: cannot open shared object file)")
REASON = "Qt lacks libraries on this machine"


def pytest_addoption(parser):
    """Take the settings of the plugin that is left out, so that the rest can be read as strictly as ever."""
    for name in ("qt_api", "qt_log_level_fail"):
        parser.addini(name, f"{name} of pytest-qt, not used here")
    parser.addini("qt_log_ignore", "qt_log_ignore of pytest-qt, not used here", type="linelist")


def pytest_configure(config):
    config.addinivalue_line("markers", "qt_log_ignore: of pytest-qt, not used here")
    config.addinivalue_line("markers", "qt_no_exception_capture: of pytest-qt, not used here")


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    report = yield
    if report.outcome == "failed":
        leave_out(report, str(report.longrepr), str(collector.path))
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.outcome == "failed":
        text = "\n".join([str(report.longrepr), *(part for _, part in report.sections)])
        leave_out(report, text, str(item.path))
    return report


def leave_out(report, text, path):
    """Turn a failure for want of a library into one that was left out, with the reason."""
    lacking = LACKING.search(text)
    if lacking:
        report.outcome = "skipped"
        report.longrepr = (path, 0, f"{REASON}: {lacking[1]}")


@pytest.fixture
def qapp():
    """There is no application to be had: what asks for one meets the same missing library."""
    from PySide6.QtWidgets import QApplication

    return QApplication.instance() or QApplication([])


@pytest.fixture
def qtbot(qapp):
    raise AssertionError("Qt can be loaded after all: run the tests with pytest-qt")
