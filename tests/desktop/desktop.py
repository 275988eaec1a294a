"""Drives windows as a person with a screen reader, a mouse and a keyboard would.

Controls are found by role and by name in the accessibility tree, asked over D-Bus (AT-SPI 2).
Only the system's Python with its GLib binding, xdotool and ImageMagick are used. Everything here
is meant to run inside `tests/desktop/session`.

How egui's windows behave there (egui 0.37, AccessKit):

- The tree appears as soon as `org.a11y.Status.IsEnabled` turns true, also in a window that is
  already open; until then the application is not on the accessibility bus at all.
- The application is named after its program file, and its frame has no name.
- A text field is an "entry" ("password text" where it hides what is typed) that takes its text
  through `EditableText.SetTextContents`, which replaces what was there and reads as typing to
  the app. A hidden field's text comes back as bullets.
- A control whose label stands apart has that label's text as its name.
- A click through the accessibility tree presses the control wherever it is, also behind a modal:
  what a modal keeps from the mouse has to be tried with `mouse_click`.
- A modal is a "dialog" beside the "panel" of the window, and its parts come after the panel's.
"""

import os
import subprocess
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

from gi.repository import Gio, GLib

FAILED_PICTURE = Path(__file__).with_name("failed.png")

# What tests say, and the numbers of the AT-SPI roles that toolkits give to it.
ROLES = {
    "button": {43, 62},
    "checkbox": {7},
    "choice": {11},
    "dialog": {16, 2, 19},
    "entry": {79, 61, 40},
    "link": {88},
    "option": {32},
    "radio": {44},
    "tab": {37},
    "text": {29, 83, 116},
}

# Bits of an AT-SPI state set.
ENABLED, FOCUSED, SHOWING, CHECKED = 8, 12, 25, 4

ACCESSIBLE = "org.a11y.atspi.Accessible"
COMPONENT = "org.a11y.atspi.Component"

# How many seconds anything may take that takes a moment: a busy machine may stand still for some.
A_WHILE = 30


class NotSeen(AssertionError):
    """A window did not come to show what was waited for; says what it showed instead."""


@dataclass(frozen=True)
class Control:
    """One node of the accessibility tree, as it was when it was read."""

    bus_name: str
    path: str
    role: int
    name: str
    states: int

    def has(self, state):
        """Whether the state (ENABLED, FOCUSED, …) was set."""
        return bool(self.states >> state & 1)

    def __str__(self):
        word = next((word for word, roles in ROLES.items() if self.role in roles), f"role {self.role}")
        off = "" if self.has(ENABLED) else " (disabled)"
        return f"{word} {self.name!r}{off}{' (focused)' if self.has(FOCUSED) else ''}"


class Desktop:
    """The accessibility bus of this session, and its keyboard, mouse and screen."""

    def __init__(self):
        session = Gio.bus_get_sync(Gio.BusType.SESSION)
        (address,) = session.call_sync(
            "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress",
            None, None, Gio.DBusCallFlags.NONE, 1000 * A_WHILE, None,
        ).unpack()
        flags = Gio.DBusConnectionFlags
        self.bus = Gio.DBusConnection.new_for_address_sync(
            address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None,
        )

    # Looking.

    def controls(self):
        """What is showing in any window now, in reading order. Where a window changed while it was
        read, some of it is missing: whoever waits for something reads again."""
        return self._read()[0]

    def all_controls(self):
        """The same with nothing missing: where a window changed, all is read again."""

        def look():
            found, is_whole = self._read()
            # Not the list itself: it may be empty.
            return (found,) if is_whole else None

        return self._until(look, A_WHILE, "the windows to stand still")[0]

    def find(self, role, name, timeout=A_WHILE, enabled=True, where=None):
        """The first control of that role (a key of ROLES) and name, waited for. A name that ends
        in `*` stands for all that begin so. `enabled=None` takes a disabled one too; `where` may
        ask for more."""

        def look():
            for control in self.controls():
                if (
                    control.role in ROLES[role]
                    and matches(control.name, name)
                    and (enabled is None or control.has(ENABLED) == enabled)
                    and (where is None or where(control))
                ):
                    return control
            return None

        return self._until(look, timeout, f"{role} {name!r}")

    def wait_for(self, text, timeout=A_WHILE):
        """Waits until some control's name or text holds `text`, and gives that name."""
        return self._until(
            lambda: next((c.name for c in self.controls() if text in c.name), None),
            timeout, f"the words {text!r}",
        )

    def wait_for_any(self, *texts, timeout=A_WHILE):
        """Waits until some control's name or text holds one of the `texts`, and gives that one."""

        def look():
            names = [c.name for c in self.controls()]
            return next((text for text in texts if any(text in name for name in names)), None)

        return self._until(look, timeout, f"one of the words {texts!r}")

    def gone(self, text, timeout=A_WHILE):
        """Waits until nothing that is showing holds `text`."""
        self._until(
            lambda: not self.shows(text), timeout, f"the words {text!r} to go",
        )

    def shows(self, text):
        """Whether something that is showing holds `text` now."""
        return any(text in c.name for c in self.all_controls())

    def focused(self):
        """The control that has the keyboard's focus, or None."""
        return next((c for c in reversed(self.controls()) if c.has(FOCUSED)), None)

    def text(self, control):
        """What a field holds."""
        return self._call(control, "org.a11y.atspi.Text", "GetText", "(ii)", (0, -1))[0]

    # Acting.

    def click(self, role, name, timeout=A_WHILE, where=None):
        """Presses a control as a screen reader does."""
        control = self.find(role, name, timeout, where=where)
        self.press(control)
        return control

    def press(self, control):
        """Presses a control that was found before, as a screen reader does."""
        self._call(control, "org.a11y.atspi.Action", "DoAction", "(i)", (0,))

    def mouse_click(self, control):
        """Presses what is in the middle of the control on the screen, with the mouse."""
        x, y, width, height = self._call(control, COMPONENT, "GetExtents", "(u)", (0,))[0]
        xdotool("mousemove", str(x + width // 2), str(y + height // 2), "click", "1")

    def fill(self, name, value, timeout=A_WHILE):
        """Puts `value` into the field called `name`, in place of what it held."""
        field = self.find("entry", name, timeout)
        self.put(field, value)
        return field

    def put(self, field, value):
        """Puts `value` into a field that was found, as an assistive technology does."""
        self._call(field, "org.a11y.atspi.EditableText", "SetTextContents", "(s)", (value,))

    def type(self, value):
        """Types ASCII on the keyboard, into whatever has the focus. (Keys for other characters
        have to be mapped for a moment, and programs miss some: those go through `fill`.)"""
        xdotool("type", "--delay", "15", value)

    def focus(self, role, name, timeout=A_WHILE):
        """Gives a control the keyboard's focus, and waits until it has it."""
        control = self.find(role, name, timeout)
        self._call(control, COMPONENT, "GrabFocus")
        self.has_focus(role, name, timeout)
        return control

    def has_focus(self, role, name, timeout=A_WHILE):
        """Waits until that control has the keyboard's focus."""

        def look():
            focused = self.focused()
            return focused and focused.role in ROLES[role] and matches(focused.name, name)

        self._until(look, timeout, f"{role} {name!r} to have the focus")

    def key(self, *keys):
        """Presses keys or combinations one after another: `Escape`, `Return`, `ctrl+k`."""
        xdotool("key", "--delay", "30", *keys)

    # The file dialog of the GTK portal.

    def save_dialog(self, timeout=A_WHILE):
        """Waits for the save dialog and gives the file name that it proposes."""
        return self._proposed(timeout)

    def save_as(self, path, timeout=A_WHILE):
        """Saves in the dialog as `path`, an absolute path, which may be typed as the name there.
        Where that file exists already, the dialog asks, and this says that it be replaced."""
        # Else the proposal could come after the path, and in its place.
        self._proposed(timeout)
        name = self._dialog_name(timeout)
        self._call(name, "org.a11y.atspi.EditableText", "SetTextContents", "(s)", (str(path),))
        self._until(lambda: self.text(name) == str(path), timeout, f"the dialog to take {path}")
        # The button comes to life a moment after the name does.
        of_the_dialog = lambda c: c.bus_name == name.bus_name  # noqa: E731
        exists = Path(path).exists()
        self.press(self.find("button", "Save", timeout, where=of_the_dialog))
        if exists:
            self.press(self.find("button", "Replace", timeout, where=of_the_dialog))
        self._dialog_gone(name, timeout)

    def cancel_dialog(self, timeout=A_WHILE):
        """Closes the save dialog without choosing."""
        name = self._dialog_name(timeout)
        self.press(self.find("button", "Cancel", timeout, where=lambda c: c.bus_name == name.bus_name))
        self._dialog_gone(name, timeout)

    def _dialog_name(self, timeout):
        # GTK ties no name to that field.
        dialog = self.find("dialog", "File Chooser Widget", timeout)
        return self.find("entry", "", timeout, where=lambda c: c.bus_name == dialog.bus_name)

    def _proposed(self, timeout):
        return self._until(lambda: self.text(self._dialog_name(timeout)), timeout, "a proposed file name")

    def _dialog_gone(self, name, timeout):
        self._until(
            lambda: all(c.bus_name != name.bus_name for c in self.all_controls()),
            timeout, "the dialog to close",
        )

    # Showing.

    def picture(self, path):
        """Saves the screen as a PNG."""
        subprocess.run(["import", "-window", "root", str(path)], check=True, timeout=A_WHILE)

    def listing(self):
        """Everything that is showing, a line each."""
        lines = [f"  {control}" for control in self.controls() if control.name]
        return "\n".join(lines) or "  (nothing)"

    # Asking the bus.

    def _until(self, condition, timeout, what):
        end = time.monotonic() + timeout
        while True:
            answer = condition()
            if answer:
                return answer
            if time.monotonic() > end:
                raise NotSeen(f"waited {timeout} s for {what}; what there was:\n{self.listing()}")
            time.sleep(0.1)

    def _read(self):
        """What is showing now, and whether that is all of it."""
        found = []
        return found, self._collect("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root", found)

    def _collect(self, bus_name, path, found):
        is_whole = True
        try:
            node = Control(bus_name, path, 0, "", 0)
            for child_bus, child_path in self._call(node, ACCESSIBLE, "GetChildren")[0]:
                child = Control(child_bus, child_path, 0, "", 0)
                (role,) = self._call(child, ACCESSIBLE, "GetRole")
                low, high = self._call(child, ACCESSIBLE, "GetState")[0]
                (name,) = self._call(
                    child, "org.freedesktop.DBus.Properties", "Get", "(ss)", (ACCESSIBLE, "Name"),
                )
                control = Control(child_bus, child_path, role, name, low | high << 32)
                if control.has(SHOWING):
                    found.append(control)
                is_whole &= self._collect(child_bus, child_path, found)
        except GLib.Error:
            # A window that changes or closes while it is read.
            return False
        return is_whole

    def _call(self, control, interface, method, signature=None, arguments=()):
        parameters = GLib.Variant(signature, arguments) if signature else None
        return self.bus.call_sync(
            control.bus_name, control.path, interface, method, parameters,
            None, Gio.DBusCallFlags.NO_AUTO_START, 1000 * A_WHILE, None,
        ).unpack()


def matches(name, wanted):
    """Whether a control's name is the one that is wanted, or begins so."""
    return name.startswith(wanted[:-1]) if wanted.endswith("*") else name == wanted


def xdotool(*arguments):
    """Presses keys or mouse buttons on this session's display."""
    subprocess.run(["xdotool", *arguments], check=True, stdout=subprocess.DEVNULL, timeout=2 * A_WHILE)


def asked_xdotool(*arguments):
    """What it answers about this session's windows; nothing where there is no such window."""
    return subprocess.run(
        ["xdotool", *arguments], capture_output=True, text=True, timeout=A_WHILE,
    ).stdout.strip()


def active():
    """The number of the window that has the focus."""
    return asked_xdotool("getactivewindow")


def activate(window):
    """Brings a window to the front, and waits until it has the focus: what is typed from then on is for it."""

    def is_active():
        if active() == window:
            return True
        # Not --sync: that waits for a property that this window manager doesn't set.
        asked_xdotool("windowactivate", window)
        return False

    until(is_active, "the window to have the focus")


def minimise(window):
    """Minimises a window, and waits until it is."""
    xdotool("windowminimize", window)
    until(lambda: active() != window, "the window to go down")


def ask_to_close(window):
    """Has the window manager ask a window to close, as its close button does: it may miss a key."""
    subprocess.run(["wmctrl", "-i", "-c", window], check=True, timeout=A_WHILE)


class Program:
    """A program that runs until it is closed or the block that started it ends."""

    def __init__(self, *arguments, log, environment=None):
        self.log = Path(log)
        self.output = self.log.open("ab")
        self.process = subprocess.Popen(
            [str(a) for a in arguments], stdout=self.output, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, env={**os.environ, **(environment or {})},
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self, timeout=A_WHILE):
        """Asks the program to end, and ends it where it doesn't."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(timeout)
        self.output.close()

    def wait(self, timeout=2 * A_WHILE):
        """Waits until the program has ended by itself, and gives its status."""
        return self.process.wait(timeout)


class PracticeService(Program):
    """The practice service on a port of its own."""

    def __init__(self, program, *arguments, log):
        super().__init__(program, *arguments, log=log)
        self.url = self._first_line()

    def _first_line(self):
        greeting = "listening on "
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            line, newline, _ = self.log.read_text(errors="replace").partition("\n")
            if newline:
                if not line.startswith(greeting):
                    break
                return line.removeprefix(greeting).strip()
            time.sleep(0.05)
        raise RuntimeError(f"the practice service did not say where it listens:\n{self.log.read_text()}")


class App(Program):
    """The app in a window."""

    TITLE = "Audio Housekeeper"

    def __init__(self, program, url, data_folder, *arguments, log, environment=None):
        super().__init__(
            program, "--service", url, "--data-dir", data_folder, *arguments,
            log=log, environment=environment,
        )

    def leave(self):
        """Closes the window as its close button does, and waits for the program to end."""
        which = ["--all", "--onlyvisible", "--pid", str(self.process.pid), "--name", f"^{self.TITLE}$"]
        window = until(lambda: asked_xdotool("search", *which), "the window")
        ask_to_close(window)
        until(lambda: not asked_xdotool("search", *which), "the window to go")
        return self.wait()


def until(condition, what, timeout=A_WHILE):
    """Waits for something outside the window, and gives it."""
    end = time.monotonic() + timeout
    while True:
        answer = condition()
        if answer:
            return answer
        assert time.monotonic() < end, f"waited {timeout} s for {what}"
        time.sleep(0.1)


def run_steps(steps, stage, said):
    """Runs the steps in their order, each with `stage`, which has a desktop and is closed at the
    end. Where one fails, tells what there was, and what the programs said, which `said` gives.
    Returns the exit status."""
    FAILED_PICTURE.unlink(missing_ok=True)
    try:
        for step in steps:
            begun = time.monotonic()
            print(f"{step.__name__} …", end=" ", flush=True)
            try:
                step(stage)
            except Exception as error:
                print("FAILED", flush=True)
                stage.desktop.picture(FAILED_PICTURE)
                traceback.print_exc()
                if not isinstance(error, NotSeen):
                    print(f"\nWhat there was:\n{stage.desktop.listing()}", file=sys.stderr)
                print(f"\nThe app said:\n{said()[-8000:]}", file=sys.stderr)
                print(f"\nThe last screenshot: {FAILED_PICTURE}", file=sys.stderr)
                return 1
            print(f"ok ({time.monotonic() - begun:.1f} s)", flush=True)
    finally:
        stage.close()
    return 0


def text_of(log):
    """What a program wrote, if it was ever started."""
    return log.read_text(errors="replace") if log.exists() else "(nothing)"
