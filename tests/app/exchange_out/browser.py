"""A headless Chromium with the network cut, driven through its debugging pipe."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from contextlib import contextmanager

import pytest

_NEEDED = "COMPOUND_REGISTRY_NEEDS_SHARED_DATA"


class Page:
    """One open page: what it shows, asked of the network and said on its console."""

    def __init__(self, write, read):
        self._write, self._read = write, read
        self._buffer, self._number, self._session, self._target = b"", 0, None, None
        self.requests, self.console = [], []

    def open(self, path, *, width=1440, height=900, is_phone=False):
        self._new_tab(width, height, is_phone=is_phone)
        self.call("Page.navigate", url=path.as_uri())
        self.wait_for("document.body && document.body.dataset.ready === 'yes'")
        self.ask("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")

    def open_without_scripts(self, path, *, width=390, height=844):
        """Open a page as a preview shows it: none of its scripts runs."""
        self._new_tab(width, height, is_phone=True)
        self.call("Emulation.setScriptExecutionDisabled", value=True)
        self.call("Page.navigate", url=path.as_uri())
        self.wait_for("document.readyState === 'complete' && document.querySelector('#still') !== null")

    def close(self):
        """Close the tab, if one is open; what was seen and said is forgotten."""
        if self._target is not None:
            self.call("Target.closeTarget", targetId=self._target)
        self._target, self._session = None, None
        self.requests.clear()
        self.console.clear()

    def _new_tab(self, width, height, *, is_phone):
        self._target = target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=2 if is_phone else 1, mobile=is_phone,
        )  # fmt: skip
        if is_phone:
            self.call("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=2)

    def swipe(self, x, y, down):
        """Draw one finger over the glass."""
        for kind, points in (
            ("touchStart", [{"x": x, "y": y}]),
            *(("touchMove", [{"x": x, "y": y + down * part / 8}]) for part in range(1, 9)),
            ("touchEnd", []),
        ):
            self.call("Input.dispatchTouchEvent", type=kind, touchPoints=points)

    def ask(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait_for(self, expression, seconds=30):
        until = time.monotonic() + seconds
        while not self.ask(expression):
            assert time.monotonic() < until, f"never true: {expression}; console: {self.console}"

    def picture(self, path):
        answer = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=False)
        path.write_bytes(base64.b64decode(answer["data"]))

    def pdf(self):
        """Return the page as it prints."""
        answer = self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        return base64.b64decode(answer["data"])

    def click(self, x, y):
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def call(self, method, **params):
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session and not method.startswith("Target."):
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]
            self._note(answer)

    def _note(self, event):
        method, params = event.get("method"), event.get("params", {})
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method in (
            "Runtime.consoleAPICalled",
            "Runtime.exceptionThrown",
            "Page.javascriptDialogOpening",
        ):
            self.console.append(params)
        elif method == "Log.entryAdded":
            self.console.append(params["entry"])

    def _next(self):
        while b"\0" not in self._buffer:
            assert select.select([self._read], [], [], 60)[0], "the browser says nothing"
            part = os.read(self._read, 1 << 20)
            assert part, "the browser went away"
            self._buffer += part
        line, self._buffer = self._buffer.split(b"\0", 1)
        return json.loads(line)


@contextmanager
def chromium(folder):
    """Start the browser with a new profile and the name resolver cut off; end it afterwards."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        if os.environ.get(_NEEDED):
            pytest.fail(f"chromium is missing, and {_NEEDED} is set")
        pytest.skip("the page can be opened only where chromium is installed")
    to_read, to_write = os.pipe()
    from_read, from_write = os.pipe()
    high = [fcntl.fcntl(end, fcntl.F_DUPFD, 20) for end in (to_read, from_write)]

    def wire():
        os.dup2(high[0], 3)
        os.dup2(high[1], 4)

    process = subprocess.Popen(
        [
            program, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={folder / 'profile'}",
            "--remote-debugging-pipe", "--disable-dev-shm-usage", "--hide-scrollbars",
        ],
        # the pipe must be at 3 and 4, which only the child itself can see to
        preexec_fn=wire,  # noqa: PLW1509
        pass_fds=(3, 4), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    for end in (to_read, from_write, *high):
        os.close(end)
    try:
        yield Page(to_write, from_read)
    finally:
        os.close(to_write)
        os.close(from_read)
        process.terminate()
        process.wait(20)
