activity-title = Activity
activity-entries = { $count ->
    [0] Nothing was recorded so far.
    [one] { NUMBER($count) } entry
   *[other] { NUMBER($count) } entries
}
activity-column-when = When
activity-column-who = Who
activity-column-action = Action
activity-column-doctor = Doctor
activity-column-why = Why
activity-column-outcome = Outcome
activity-all-doctors = All doctors

action-sign-in = Sign in
action-sign-out = Sign out
action-check = Check
action-download = Download
action-delete = Delete
action-delete-all = Delete all

audit-intended = About to be done
audit-signed-in = Signed in
audit-signed-out = Signed out
audit-done = Done
audit-found = A recording was there
audit-nothing-there = Nothing under this name
audit-saved-and-checked = Saved and checked
audit-saved-not-proven = Saved, not proven whole
audit-gone = Deleted, nothing there now
audit-still-there = Still there
audit-not-known = Not confirmed
audit-stopped = Stopped
audit-failed = Failed, nothing changed on the service
audit-cut-off = Cut off
