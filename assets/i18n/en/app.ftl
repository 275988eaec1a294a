app-name = Audio Housekeeper
nav-recordings = Recordings
nav-activity = Activity
nav-settings = Settings
# Beside Settings, in little room.
nav-newer-version = New version
account-unnamed = Signed in
account-practice = Practice
account-with-token = Signed in with an access token
account-name = { $person } ({ $user })
account-until = Signed in until { $time }
account-ends-soon = Your sign-in ends at { $time }.
account-memory-until = Signed in until the app is closed, { $time } at the latest
account-memory-only = Signed in until the app is closed

practice-leave = Leave practice
practice-stripe = Practice. Sample recordings only; nothing leaves this computer.

button-cancel = Cancel
button-pause = Pause
button-close = Close
button-details = Details
button-copy-details = Copy details
button-dismiss = Dismiss
button-try-again = Try again

details-title = Details
details-title-about = Details: { $doctor }
details-when = Time: { $when }
details-call = Call: { $call }
details-status = Answer: { $status }
details-technical = What the app saw: { $technical }
details-copied = Copied. It holds no token and no names of doctors.

clock-set-back = This computer's clock was set back. Nothing was changed; new entries in Activity may show earlier times than those before them.
clock-behind-record = By this computer's clock, the last entry in Activity is from a time that is still to come. Nothing was changed. Ask IT to look at the clock.

leaving-running = { $count ->
    [one] Something is still running:
   *[other] { NUMBER($count) } things are still running:
}
leaving-download = Download for { $doctor }
leaving-compare = Comparison for { $doctor }
leaving-delete = Delete for { $doctor }
leaving-delete-all = Delete of every recording
leaving-check-all = Check of all doctors
leaving-check-and-back-up = Check and backup of all doctors
leaving-what-happens = What has come of a download is kept where it can be gone on with. A delete that still waits is not sent. What is cut off is named at the next start.
leaving-stay = Stay
close-title = Close while something is running?
close-anyway = Stop and close
sign-out-title = Sign out while something is running?
sign-out-anyway = Stop and sign out
switch-title = Switch while something is running?
switch-anyway = Stop and switch

toast-nothing-there = The service has nothing under exactly this name: { $doctor }. It may have been deleted already, or the name is spelled differently there.
toast-signed-out = Signed out. The sign-in was forgotten on this computer.
toast-goes-on-as = You are now signed in as { $name }.
toast-settings-lost = The settings could not be read, so the usual ones are used. Recordings and the record of activity are untouched.

# The titles of the system's own dialogs.
dialog-save = Save the recording of { $doctor }
dialog-folder = Choose a folder for the backups

field-too-long = That text is too long for this field, which takes { NUMBER($most) } characters at most. Nothing was put in.

lock-button = Lock
lock-title = Locked
lock-running = { NUMBER($count) } { $count ->
    [one] task goes on
   *[other] tasks go on
} meanwhile.
lock-unlock = Unlock
lock-away = As long as the password can't be checked, you can only sign out here.
lock-delete-waits = A delete begins in { $seconds } s
lock-delete-runs = A delete is running
