"""What a person sees where drawing fails, in a real window:

    tests/desktop/session /usr/bin/python3 tests/desktop/test_renderer.py FOLDER_OF_THE_PROGRAMS \\
        [FOLDER_FOR_PICTURES]

OpenGL and Vulkan are broken through the environment, which their loaders read. Each step is a
function whose name says what is promised; each has a data folder of its own, unless it says so.
What fails leaves the last screenshot in `tests/desktop/failed.png`.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from desktop import App, Desktop, ask_to_close, asked_xdotool, run_steps, until
from gi.repository import Gio, GLib

# What the window and the messages say. The words are those of assets/i18n/en.
SIGN_IN_TITLE = "Sign in to Nuxera"
PRACTICE_STRIPE = "Practice. Sample recordings only"
NOTHING_DRAWS = "can't draw its window on this screen"
REFUSED = "can't draw its window with --renderer opengl"
NOT_AGAIN = "could not start itself again"
NO_DISPLAY = "There is no screen to show the window on"

# Mesa finds no driver: OpenGL by GLX fails, and so does what would fall back to software.
NO_OPENGL = {"LIBGL_DRIVERS_PATH": "/nonexistent"}
# The Vulkan loader finds no driver; wgpu uses nothing else on Linux.
NO_VULKAN = {"VK_DRIVER_FILES": "/nonexistent", "VK_ICD_FILENAMES": "/nonexistent"}
NEITHER = NO_OPENGL | NO_VULKAN

A_START = 60


class Stage:
    """What the steps share."""

    def __init__(self, programs, pictures, home):
        self.program = programs / "audio-housekeeper"
        self.pictures = pictures
        self.home = home
        self.desktop = Desktop()
        self.data = None
        self.app = None

    def start(self, *arguments, environment=None, anew=True, program=None):
        """Starts the app, in a fresh data folder unless it is to find what the last one left."""
        self.close()
        if anew:
            self.data = self.home / f"data-{len(list(self.home.glob('data-*')))}"
        # A service that is not there: the window asks for a sign-in and sends nothing.
        self.app = App(
            program or self.program, "http://127.0.0.1:9", self.data, *arguments,
            log=self.home / "app.log", environment=environment,
        )

    def close(self):
        """Ends what runs."""
        if self.app:
            self.app.close()
            self.app = None

    def picture(self, name):
        """Keeps the screen, where somebody wants to look at it."""
        if self.pictures:
            self.pictures.mkdir(parents=True, exist_ok=True)
            self.desktop.picture(self.pictures / f"{name}.png")

    def window_stands(self):
        """Waits for the window, and for what an app has that holds its data."""
        self.desktop.wait_for(SIGN_IN_TITLE, A_START)

    def remembered(self):
        """What the data folder remembers of the renderers, as "opengl worked"."""
        try:
            kept = json.loads((self.data / "renderer.json").read_text())
        except FileNotFoundError:
            return None
        (screen,) = kept["screens"]
        return f"{screen['renderer']} {screen['state']}"

    def is_remembered(self, renderer):
        """Waits until that renderer is remembered to have worked."""
        until(lambda: self.remembered() == f"{renderer} worked", f"{renderer} to be remembered")

    def draws_with_wgpu(self):
        """Whether the process has loaded what only wgpu loads."""
        return "libvulkan.so" in (self.process() / "maps").read_text()

    def arguments(self):
        """The arguments of the process that stands now."""
        return (self.process() / "cmdline").read_text().split("\0")[1:-1]

    def process(self):
        """What the kernel tells of the process."""
        return Path("/proc") / str(self.app.process.pid)

    def processes(self):
        """How many processes have this data folder among their arguments."""
        found = subprocess.run(
            ["pgrep", "--count", "--full", "--", f"--data-dir {self.data}"],
            capture_output=True, text=True, timeout=30,
        )
        return int(found.stdout)

    def log(self):
        """What the app has logged in this data folder."""
        log = self.data / "log" / "audio-housekeeper.log"
        return log.read_text() if log.exists() else ""

    def said(self):
        """What the app has written to the terminal."""
        return self.app.log.read_text(errors="replace")

    def programs_for_messages(self, **programs):
        """An environment in which only these programs could show a message: what each runs."""
        folder = Path(tempfile.mkdtemp(dir=self.home))
        for name, script in programs.items():
            (folder / name).write_text(f"#!/bin/sh\n{script}\n")
            (folder / name).chmod(0o755)
        return {"PATH": str(folder)}


# The steps.


def opengl_is_tried_first_and_remembered(stage):
    stage.start()
    stage.window_stands()
    stage.is_remembered("opengl")
    assert not stage.draws_with_wgpu()
    assert "--renderer-failed" not in stage.arguments()
    until(lambda: "drawing with opengl" in stage.log(), "the log to name the renderer")
    stage.picture("1-both-work")
    assert stage.app.leave() == 0


def where_opengl_is_broken_the_window_comes_with_wgpu(stage):
    stage.start(environment=NO_OPENGL)
    stage.window_stands()
    stage.is_remembered("wgpu")
    assert stage.draws_with_wgpu()
    assert stage.arguments()[-2:] == ["--renderer-failed", "opengl"]
    until(lambda: stage.processes() == 1, "one process")
    until(lambda: "drawing with wgpu" in stage.log(), "the log to name the renderer")
    assert stage.log().count("the window ended by itself") == 1, stage.log()
    stage.picture("2-opengl-broken")
    assert stage.app.leave() == 0


def what_worked_is_tried_first_at_the_next_start(stage):
    stage.start(environment=NO_OPENGL, anew=False)
    stage.window_stands()
    assert "--renderer-failed" not in stage.arguments()
    assert stage.draws_with_wgpu()
    stage.picture("3-opengl-broken-second-start")
    assert stage.app.leave() == 0
    # As often as it failed at the first start.
    assert stage.log().count("the window ended by itself") == 1, stage.log()


def where_what_worked_is_broken_the_other_one_is_tried(stage):
    stage.start(environment=NO_VULKAN, anew=False)
    stage.window_stands()
    stage.is_remembered("opengl")
    assert stage.arguments()[-2:] == ["--renderer-failed", "wgpu"]
    until(lambda: stage.processes() == 1, "one process")
    stage.picture("4-vulkan-broken")
    assert stage.app.leave() == 0


def practice_starts_too_and_keeps_its_arguments(stage):
    stage.start("--practice", environment=NO_OPENGL)
    stage.desktop.wait_for(PRACTICE_STRIPE, A_START)
    assert "--practice" in stage.arguments()
    stage.is_remembered("wgpu")
    stage.picture("5-practice-opengl-broken")
    assert stage.app.leave() == 0


def a_window_drawn_by_wgpu_draws_nothing_while_nothing_happens(stage):
    stage.start("--renderer", "wgpu", environment={"AUDIO_HOUSEKEEPER_LOG": "trace"})
    stage.window_stands()
    # A field with the focus has a caret that blinks for a while; here nothing has.
    time.sleep(3)
    # What still belongs to the start may be late.
    for _ in range(3):
        before = stage.log().count("frame drawn")
        assert before > 0
        time.sleep(10)
        drawn = stage.log().count("frame drawn") - before
        print(f"({drawn} frames in 10 s)", end=" ", flush=True)
        if drawn <= 1:
            break
    assert drawn <= 1, drawn


def a_demanded_renderer_is_taken_and_not_remembered(stage):
    stage.start("--renderer", "wgpu")
    stage.window_stands()
    assert stage.draws_with_wgpu()
    stage.picture("6-wgpu-demanded")
    assert stage.app.leave() == 0
    assert stage.remembered() is None
    stage.start("--renderer", "opengl", anew=False)
    stage.window_stands()
    assert not stage.draws_with_wgpu()
    assert stage.app.leave() == 0
    assert stage.remembered() is None


def a_renderer_that_takes_the_process_down_gives_way_to_the_other(stage):
    stage.start()
    stage.window_stands()
    stage.is_remembered("opengl")
    assert stage.app.leave() == 0
    kept = stage.data / "renderer.json"
    # As a start leaves it that ended before its first frame: once, and twice.
    for left, wgpu in [("began", False), ("unfinished", True)]:
        kept.write_text(kept.read_text().replace('"worked"', f'"{left}"'))
        stage.start(anew=False)
        stage.window_stands()
        stage.is_remembered("wgpu" if wgpu else "opengl")
        assert stage.draws_with_wgpu() == wgpu
        assert stage.app.leave() == 0


def where_neither_works_a_message_says_what_to_do(stage):
    shown = stage.home / "zenity.txt"
    zenity = f'printf "%s\\n" "$@" > {shown}'
    stage.start(environment=NEITHER | stage.programs_for_messages(zenity=zenity))
    assert stage.app.wait(A_START) == 1
    message = shown.read_text()
    assert NOTHING_DRAWS in message and "graphics driver" in message, message
    assert str(stage.data / "log") in message, message
    assert NOTHING_DRAWS in stage.said()
    log = stage.log()
    assert log.count("the window ended by itself") == 2, log
    assert 'renderer="opengl"' in log and 'renderer="wgpu"' in log, log


def an_update_in_between_is_no_obstacle_and_a_program_that_is_gone_is_said_so(stage):
    program, update, start = (stage.home / name for name in ["app", "update", "start"])
    for copy in [program, update]:
        shutil.copy(stage.program, copy)

    def start_and_first(change, environment):
        """Starts a program whose file is changed by the time that it runs."""
        start.write_text(f'#!/bin/sh\nexec 9<{program}\n{change}\nexec /proc/self/fd/9 "$@"\n')
        start.chmod(0o755)
        stage.start(environment=environment, program=start)

    start_and_first(f"mv -f {update} {program}", NO_OPENGL)
    stage.window_stands()
    assert stage.draws_with_wgpu()
    assert (stage.process() / "exe").readlink() == program
    assert stage.app.leave() == 0
    shown = stage.home / "zenity-gone.txt"
    zenity = f'printf "%s\\n" "$@" > {shown}'
    only = stage.programs_for_messages(zenity=zenity, rm=f'exec {shutil.which("rm")} "$@"')
    start_and_first(f"rm {program}", NO_OPENGL | only)
    assert stage.app.wait(A_START) == 1
    assert NOT_AGAIN in shown.read_text(), shown.read_text()
    assert stage.log().count("the window ended by itself") == 1, stage.log()


def without_a_program_for_messages_a_notification_says_it(stage):
    with Notifications() as notifications:
        stage.start(environment=NEITHER | stage.programs_for_messages())
        assert stage.app.wait(A_START) == 1
        (title, text), = notifications.shown
    assert title == "Audio Housekeeper"
    assert NOTHING_DRAWS in text


def the_simplest_message_stands_in_the_middle_of_the_screen(stage):
    xmessage = shutil.which("xmessage")
    assert xmessage, "there is no xmessage here: script/setup test"
    # No bus, so no notifications.
    quiet = {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent"}
    only = stage.programs_for_messages(xmessage=f'exec {xmessage} "$@"')
    stage.start(environment=NEITHER | quiet | only)
    window = until(lambda: windows_of("Xmessage"), "the message", A_START)[0]
    if stage.pictures:
        time.sleep(1)
    stage.picture("7-neither-works")
    ask_to_close(window)
    assert stage.app.wait(A_START) == 1


def a_demanded_renderer_that_fails_is_named_and_no_other_is_tried(stage):
    shown = stage.home / "zenity-demanded.txt"
    zenity = f'printf "%s\\n" "$@" > {shown}'
    only = stage.programs_for_messages(zenity=zenity)
    stage.start("--renderer", "opengl", environment=NO_OPENGL | only)
    assert stage.app.wait(A_START) == 1
    assert REFUSED in shown.read_text()
    assert stage.log().count("the window ended by itself") == 1, stage.log()


def without_a_display_the_app_says_so_and_ends(stage):
    for begun, nowhere in enumerate([{"DISPLAY": ""}, {"DISPLAY": ":4711"}], start=1):
        stage.start(environment=nowhere)
        assert stage.app.wait(A_START) == 1
        assert stage.said().count(NO_DISPLAY) == begun, stage.said()
        assert stage.log().count("the window ended by itself") == 1, stage.log()


STEPS = [
    opengl_is_tried_first_and_remembered,
    where_opengl_is_broken_the_window_comes_with_wgpu,
    what_worked_is_tried_first_at_the_next_start,
    where_what_worked_is_broken_the_other_one_is_tried,
    practice_starts_too_and_keeps_its_arguments,
    a_window_drawn_by_wgpu_draws_nothing_while_nothing_happens,
    a_demanded_renderer_is_taken_and_not_remembered,
    a_renderer_that_takes_the_process_down_gives_way_to_the_other,
    where_neither_works_a_message_says_what_to_do,
    an_update_in_between_is_no_obstacle_and_a_program_that_is_gone_is_said_so,
    without_a_program_for_messages_a_notification_says_it,
    the_simplest_message_stands_in_the_middle_of_the_screen,
    a_demanded_renderer_that_fails_is_named_and_no_other_is_tried,
    without_a_display_the_app_says_so_and_ends,
]


class Notifications:
    """The part of a desktop that shows notifications, for as long as the block lasts."""

    INTERFACE = """
        <node><interface name="org.freedesktop.Notifications"><method name="Notify">
            <arg direction="in" type="s"/><arg direction="in" type="u"/>
            <arg direction="in" type="s"/><arg direction="in" type="s"/>
            <arg direction="in" type="s"/><arg direction="in" type="as"/>
            <arg direction="in" type="a{sv}"/><arg direction="in" type="i"/>
            <arg direction="out" type="u"/>
        </method></interface></node>"""

    def __init__(self):
        self.shown = []

    def __enter__(self):
        there = threading.Event()
        self.thread = threading.Thread(target=self._serve, args=(there,), daemon=True)
        self.thread.start()
        assert there.wait(60), "the bus gave no name"
        return self

    def __exit__(self, *_):
        self.loop.quit()
        self.thread.join(20)

    def _serve(self, there):
        context = GLib.MainContext.new()
        context.push_thread_default()
        self.loop = GLib.MainLoop.new(context, False)
        address = Gio.dbus_address_get_for_bus_sync(Gio.BusType.SESSION)
        flags = Gio.DBusConnectionFlags
        bus = Gio.DBusConnection.new_for_address_sync(
            address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None,
        )
        interface = Gio.DBusNodeInfo.new_for_xml(self.INTERFACE).interfaces[0]
        bus.register_object("/org/freedesktop/Notifications", interface, self._called, None, None)
        Gio.bus_own_name_on_connection(
            bus, "org.freedesktop.Notifications", Gio.BusNameOwnerFlags.REPLACE,
            lambda *_: there.set(), None,
        )
        self.loop.run()
        bus.close_sync()

    def _called(self, _bus, _sender, _path, _interface, _method, parameters, invocation):
        _, _, _, title, text, *_ = parameters.unpack()
        self.shown.append((title, text))
        invocation.return_value(GLib.Variant("(u)", (1,)))


def windows_of(kind):
    """The visible windows of a class, by their ids."""
    return asked_xdotool("search", "--onlyvisible", "--class", kind).split()


def main():
    programs = Path(sys.argv[1]).resolve()
    pictures = Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else None
    stage = Stage(programs, pictures, Path(os.environ["DESKTOP_HOME"]))
    return run_steps(STEPS, stage, lambda: f"{stage.said()}\n\nIts log:\n{stage.log()}")


if __name__ == "__main__":
    sys.exit(main())
