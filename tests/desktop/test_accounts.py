"""Who is at the desk, in a real window: names, passwords, an end, a lock, two people, and what of
their secrets is left behind afterwards:

    tests/desktop/session /usr/bin/python3 tests/desktop/test_accounts.py FOLDER_OF_THE_PROGRAMS \\
        [LAST_STEP]

The steps run in this order, as those of `test_desktop.py`.
"""

import json
import os
import sqlite3
import sys
from pathlib import Path

from desktop import CHECKED, run_steps, text_of, until
from memory import found_in_memory
from test_desktop import (
    A_DELETE, A_DELETE_OF_ALL, ACTIVITY, ALL_TITLE, AMELIA, CHECK, DELETE_ALL,
    DELETE_ALL_NOW, DOCTOR_FIELD, GONE, GONE_ALL, JUERGEN, NAME_FIELD, NOT_ACCEPTED, NOT_KNOWN,
    PASSWORD, PASSWORD_FIELD, PHRASE_FIELD, RECORDINGS, SETTINGS, SIGN_IN, SIGN_OUT, TOKEN,
    TOKEN_FIELD, USER,
    WAITING, WITH_PASSWORD, WITHOUT_BACKUP, Walk, fill_token,
)

ANOTHER, ANOTHERS = "back.office", "staple canary battery"
WRONG = "a canary that is wrong"
NO_TOKEN = "a.canary.that-is-no-token"

# What the window says. The words are those of assets/i18n/en.
AGAIN_TITLE = "Please sign in again"
LOCK, LOCKED, UNLOCK = "Lock", "Locked", "Unlock"
SWITCH, SOMEONE_ELSE = "Switch account…", "Someone else…"
GOES_ON_AS = "You are now signed in as {}."
KEPT = "Stays signed in on this computer"
ASK_PASSWORD = "Ask for the password before each delete"
ASK_TWO = "Ask a second person to agree before everything is deleted"
YOUR_PASSWORD = "Your password"
THEIR_NAME, THEIR_PASSWORD = "Their user name or email", "Their password"
LESS_TITLE, CHANGE = "Ask for less before a delete?", "Change"
SAME_PERSON = "the service doesn't say that this is another one"
LOGIN = r"path=\"?/api/auth/login"


def has_signed_in(walk, times):
    """Waits until the service has answered so many sign-in calls, and no more: it answers first and
    writes its log after."""
    until(lambda: walk.answered(LOGIN) >= times, f"{times} sign-in calls")
    assert walk.answered(LOGIN) == times, walk.answered(LOGIN)


def ask_for(walk, rule):
    """Ticks a rule in the settings, and waits until it holds."""
    walk.desktop.click("checkbox", rule)
    walk.desktop.find("checkbox", rule, where=lambda c: c.has(CHECKED))


def sign_in_as(walk, name, password):
    walk.desktop.fill(NAME_FIELD, name)
    walk.desktop.fill(PASSWORD_FIELD, password)
    walk.desktop.click("button", SIGN_IN)


def sign_out(walk):
    walk.desktop.click("tab", SETTINGS)
    walk.desktop.click("button", SIGN_OUT)
    walk.desktop.find("button", SIGN_IN)


def record(walk):
    """The entries of the audit record, oldest first."""
    database = sqlite3.connect(f"file:{walk.data / 'housekeeper.sqlite3'}?mode=ro", uri=True)
    try:
        rows = database.execute("SELECT canonical FROM audit ORDER BY number").fetchall()
    finally:
        database.close()
    return [json.loads(row[0]) for row in rows]


# The steps.


def a_try_is_one_call_and_a_wrong_password_keeps_nothing(walk):
    walk.open()
    if walk.desktop.wait_for_any(WITH_PASSWORD, NAME_FIELD, timeout=60) == WITH_PASSWORD:
        walk.desktop.click("button", WITH_PASSWORD)
    sign_in_as(walk, USER, WRONG)
    walk.desktop.wait_for(NOT_KNOWN)
    has_signed_in(walk, 1)
    assert walk.in_the_keychain() == []
    sign_in_as(walk, USER, PASSWORD)
    walk.desktop.find("entry", DOCTOR_FIELD)
    has_signed_in(walk, 2)
    until(lambda: walk.in_the_keychain() == [TOKEN], "the token in the keychain")
    assert found_in_memory(walk.app.process.pid, TOKEN), "what is there is not found"


def a_sign_in_that_ends_asks_for_the_password_alone(walk):
    walk.desktop.fill(DOCTOR_FIELD, AMELIA)
    walk.desktop.click("button", CHECK)
    walk.desktop.wait_for(AGAIN_TITLE)
    walk.desktop.wait_for(USER)
    walk.desktop.fill(PASSWORD_FIELD, PASSWORD)
    walk.desktop.click("button", SIGN_IN)
    walk.desktop.gone(AGAIN_TITLE)
    walk.choose(AMELIA)
    walk.desktop.wait_for("WAV, 32")
    has_signed_in(walk, 3)


def a_locked_window_names_nobody_and_opens_by_the_password(walk):
    walk.desktop.click("button", LOCK)
    walk.desktop.wait_for(LOCKED)
    assert not walk.desktop.shows(AMELIA)
    walk.desktop.fill(PASSWORD_FIELD, WRONG)
    walk.desktop.click("button", UNLOCK)
    walk.desktop.wait_for(NOT_KNOWN)
    walk.desktop.fill(PASSWORD_FIELD, PASSWORD)
    walk.desktop.click("button", UNLOCK)
    walk.desktop.gone(LOCKED)
    walk.desktop.find("entry", DOCTOR_FIELD)
    has_signed_in(walk, 5)


def two_people_stay_signed_in_and_one_goes_on_for_the_other(walk):
    walk.desktop.click("button", SWITCH)
    walk.desktop.click("button", SOMEONE_ELSE)
    walk.desktop.wait_for(KEPT)
    sign_in_as(walk, ANOTHER, ANOTHERS)
    walk.desktop.find("entry", DOCTOR_FIELD)
    until(lambda: len(walk.in_the_keychain()) == 2, "two tokens in the keychain")
    walk.tokens = [token for token in walk.in_the_keychain() if token != TOKEN]
    has_signed_in(walk, 6)
    walk.desktop.click("button", SWITCH)
    walk.desktop.click("button", USER)
    walk.desktop.wait_for(GOES_ON_AS.format(USER))
    has_signed_in(walk, 6)
    assert not walk.desktop.shows(ANOTHER)


def a_delete_asks_for_the_password(walk):
    walk.desktop.click("tab", SETTINGS)
    ask_for(walk, ASK_PASSWORD)
    ask_for(walk, ASK_TWO)
    walk.desktop.click("tab", RECORDINGS)
    walk.choose(AMELIA)
    walk.ask_to_delete(AMELIA)
    walk.desktop.fill(YOUR_PASSWORD, WRONG)
    walk.desktop.click("button", WITHOUT_BACKUP)
    walk.desktop.wait_for(NOT_KNOWN)
    assert walk.deletes() == 0
    walk.desktop.fill(YOUR_PASSWORD, PASSWORD)
    walk.desktop.click("button", WITHOUT_BACKUP)
    walk.desktop.wait_for(WAITING.format(AMELIA))
    walk.desktop.wait_for(GONE, A_DELETE)
    walk.has_answered_deletes(1)
    assert walk.held(AMELIA) is None
    has_signed_in(walk, 8)


def everything_is_deleted_by_two_people(walk):
    walk.desktop.click("button", DELETE_ALL)
    walk.desktop.wait_for(ALL_TITLE)
    walk.desktop.fill(PHRASE_FIELD, "DELETE ALL")
    for name, password in [(USER, PASSWORD), (ANOTHER, ANOTHERS)]:
        assert walk.deletes() == 1
        walk.desktop.fill(YOUR_PASSWORD, PASSWORD)
        walk.desktop.fill(THEIR_NAME, name)
        walk.desktop.fill(THEIR_PASSWORD, password)
        walk.desktop.click("button", DELETE_ALL_NOW)
        if name == USER:
            # Nobody agrees with oneself.
            walk.desktop.wait_for(SAME_PERSON)
    walk.desktop.wait_for(GONE_ALL, A_DELETE_OF_ALL)
    assert walk.held(JUERGEN) is None
    has_signed_in(walk, 12)


def to_ask_for_less_takes_the_password(walk):
    walk.desktop.click("tab", SETTINGS)
    walk.desktop.click("checkbox", ASK_TWO)
    walk.desktop.wait_for(LESS_TITLE)
    walk.desktop.fill(YOUR_PASSWORD, WRONG)
    walk.desktop.click("button", CHANGE)
    walk.desktop.wait_for(NOT_KNOWN)
    walk.desktop.fill(YOUR_PASSWORD, PASSWORD)
    walk.desktop.click("button", CHANGE)
    walk.desktop.gone(LESS_TITLE)
    walk.desktop.find("checkbox", ASK_TWO, where=lambda c: not c.has(CHECKED))
    has_signed_in(walk, 14)


def the_record_says_who_did_and_who_agreed(walk):
    entries = record(walk)
    outcomes = {"gone", "gone-all"}
    done = [(e["action"], e["person"]) for e in entries if e["outcome"] in outcomes]
    assert done == [("delete", USER), ("delete-all", USER)], done
    intents = [e for e in entries if e["action"] == "delete-all" and e["outcome"] == "intended"]
    assert ANOTHER in intents[0]["note"], intents
    people = [e["person"] for e in entries if e["action"] == "sign-in"]
    assert people == [USER, USER, ANOTHER, USER], people
    walk.desktop.click("tab", ACTIVITY)
    walk.desktop.wait_for(ANOTHER)


def everybody_signs_out_and_a_wrong_token_is_refused(walk):
    sign_out(walk)
    walk.desktop.wait_for(KEPT)
    walk.desktop.click("button", ANOTHER)
    walk.desktop.wait_for(GOES_ON_AS.format(ANOTHER))
    sign_out(walk)
    assert not walk.desktop.shows(KEPT)
    until(lambda: walk.in_the_keychain() == [], "the keychain to be empty")
    fill_token(walk.desktop, NO_TOKEN)
    walk.desktop.click("button", SIGN_IN)
    walk.desktop.wait_for(NOT_ACCEPTED)
    fill_token(walk.desktop, TOKEN)
    walk.desktop.click("button", SIGN_IN)
    walk.desktop.find("entry", DOCTOR_FIELD)
    sign_out(walk)
    until(lambda: walk.in_the_keychain() == [], "the keychain to be empty")


def no_secret_is_in_a_file_the_log_a_variable_or_an_argument(walk):
    secrets = [TOKEN, *walk.tokens, NO_TOKEN, PASSWORD, ANOTHERS, WRONG]
    process = Path("/proc") / str(walk.app.process.pid)
    places = [file for file in walk.home.rglob("*") if file.is_file() and "keyrings" not in file.parts]
    places = [file for file in places if file != walk.service.log]
    assert any(walk.data in file.parents for file in places)
    for place in [*places, process / "environ", process / "cmdline"]:
        try:
            contents = place.read_bytes()
        except FileNotFoundError:
            # Another program's, which has removed it meanwhile.
            assert place.parent != process and walk.data not in place.parents, place
            continue
        for secret in secrets:
            assert secret.encode() not in contents, (place, secret)


def of_the_memory_only_what_the_network_and_the_bus_had_freed_holds_a_secret(walk):
    tokens, passwords = [TOKEN, *walk.tokens, NO_TOKEN], [PASSWORD, ANOTHERS, WRONG]
    write_over_what_the_bus_had_read(walk, tokens + passwords)
    # In memory that was given back, and what was written there since ends anywhere before the secret: so
    # what stands behind it tells as much as what stands before it.
    for secret in tokens:
        for before, behind in found_in_memory(walk.app.process.pid, secret):
            # The head of a request and the answer to a sign-in call.
            of_a_request = before.endswith(b"authorization: Bearer ") or behind.startswith(b"\r\n")
            of_an_answer = before.endswith(b'"token":"') or behind.startswith(b'","')
            is_known = of_a_request or of_an_answer or was_typed_by_the_bus(before, secret)
            assert is_known, (secret, before, behind)
    for secret in passwords:
        for before, behind in found_in_memory(walk.app.process.pid, secret):
            # The body of a sign-in call.
            of_a_request = before.endswith(b'"password":"') or behind.startswith(b'"}')
            assert of_a_request or was_typed_by_the_bus(before, secret), (secret, before, behind)


def was_typed_by_the_bus(before, secret):
    """Whether it stands in a message of the accessibility bus, by which this test types: a text has its length
    before it there (D-Bus specification, "Marshaling")."""
    return before.endswith(len(secret).to_bytes(4, "little"))


def write_over_what_the_bus_had_read(walk, secrets):
    """Types other texts of the same lengths, whose messages take the memory of those before."""
    field = walk.desktop.find("entry", TOKEN_FIELD)
    for secret in secrets * 20:
        walk.desktop.put(field, "x" * len(secret))


STEPS = [
    a_try_is_one_call_and_a_wrong_password_keeps_nothing,
    a_sign_in_that_ends_asks_for_the_password_alone,
    a_locked_window_names_nobody_and_opens_by_the_password,
    two_people_stay_signed_in_and_one_goes_on_for_the_other,
    a_delete_asks_for_the_password,
    everything_is_deleted_by_two_people,
    to_ask_for_less_takes_the_password,
    the_record_says_who_did_and_who_agreed,
    everybody_signs_out_and_a_wrong_token_is_refused,
    no_secret_is_in_a_file_the_log_a_variable_or_an_argument,
    of_the_memory_only_what_the_network_and_the_bus_had_freed_holds_a_secret,
]


def main():
    programs = Path(sys.argv[1]).resolve()
    names = [step.__name__ for step in STEPS]
    last = names.index(sys.argv[2]) if len(sys.argv) > 2 else len(STEPS) - 1
    walk = Walk(
        programs, Path(os.environ["DESKTOP_HOME"]),
        "--user", f"{ANOTHER}:{ANOTHERS}", "--fault", "download@1:token-ended",
    )
    return run_steps(STEPS[: last + 1], walk, lambda: text_of(walk.home / "app.log"))


if __name__ == "__main__":
    sys.exit(main())
