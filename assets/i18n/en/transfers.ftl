tray-looking = Asking the service…
button-try-now = Try now
tray-next-try =
    { $does ->
        [goes-on] Going on after { $from }
        [starts-over] Starting over
       *[begins] Trying again
    } in { $left } ({ $next } of { $tries }).
tray-next-try-uncounted = Going on after { $from } once the service can be reached. Next try in { $left }.
tray-reading-back = Reading the backup back…
tray-waiting-for-sign-in = Waiting for you to sign in…
tray-waiting-for-file = Waiting for another program to let go of the file…
tray-held = On hold, because this window was busy. You can still stop it.
tray-deleting = Waiting for the service's answer…
tray-verifying = Looking whether it is gone…
tray-ending = Stopping…
tray-pausing = Pausing…
pause-why-not = This service can’t go on with a download later. It would begin anew.
tray-counting = { $done } of { $of }
tray-cancelled = Cancelled. Nothing was left behind.
tray-progress = { $part }, { $speed }, { $left }
tray-progress-no-left = { $part }, { $speed }
tray-progress-no-total = { $size } so far, { $speed }
comparing-running = Comparing { $doctor } with the backup
check-all-running = Checking all doctors
check-and-back-up-running = Checking and backing up
check-and-back-up-one = Backing up { $doctor }

result-saved-and-checked = Saved and checked
result-saved-not-proven = Saved. Nothing proves that the file is all of the recording, so it doesn't count as a backup.
result-kept-as-it-is = Kept as it is, and no backup. { $why }
result-same-contents = The recording on the server has the same contents as the backup.
result-other-contents = The recording on the server has other contents than the backup.
result-tried = { $count ->
    [one] Tried once.
   *[other] Tried { NUMBER($count) } times.
}
result-file = { $file } in { $folder }
result-copy = The copy is kept: { $file } in { $folder }
result-show-in-folder = Show in folder

delete-wait = Deleting for { $doctor } in { $seconds } s
delete-wait-all = Deleting every recording in { $seconds } s
delete-stop = Stop
delete-nothing-sent = Nothing is sent yet.
delete-on-hold = The delete for { $doctor } is on hold
delete-on-hold-all = The delete of every recording is on hold
delete-waiting-for-sign-in = Nothing is sent yet. Sign in to go on.
delete-sending = Deleting for { $doctor }…
delete-sending-all = Deleting every recording…
delete-backing-up = Backing up { $doctor } before the delete

result-check-all = All doctors
result-check-and-back-up = Check and backup
result-checked = Checked { $checked ->
    [one] { NUMBER($checked) } doctor
   *[other] { NUMBER($checked) } doctors
}: { NUMBER($with) } with recordings, { NUMBER($missing) } not backed up.
result-not-checked = { $count ->
    [one] { NUMBER($count) } doctor could not be checked.
   *[other] { NUMBER($count) } doctors could not be checked.
}
result-stopped = Stopped before the end. What was found until then is kept.
result-backed-up = { $count ->
    [one] { NUMBER($count) } doctor was backed up now.
   *[other] { NUMBER($count) } doctors were backed up now.
}
result-still-there = Still there: { $names }
result-not-known = Could not be looked at: { $names }

# Before a file is replaced that is a backup.
replace-title = Replace the backup of { $doctor }?
replace-body = { $file } in { $folder } is the backup of { $doctor }, checked { $when }. Once it is replaced, there is no way back.
replace-button = Replace it
replace-another-place = Choose another place…

# What came, can be no backup, and waits for an answer.
set-aside-where = Set aside as { $file } in { $folder }. It is no backup.
set-aside-discard = Discard…
kept-many = { $count } downloads can be gone on with.
kept-of = { $progress } is set aside. Go on to fetch the rest. The recording on the server is untouched.
kept-where = It is to become { $file } in { $folder }.
kept-go-on = Go on
kept-go-on-with-all = Go on with all
kept-discard = Discard
discard-title = Discard what came for { $doctor }?
discard-body = { $file } in { $folder } is removed from this computer, for good.
discard-service-has-one = The service was seen to have a recording for this doctor.
discard-may-be-the-only-copy = It may be the only copy: the service is not known to have this recording now.
discard-button = Discard

earlier-download = This download was cut off when the app ended. Nothing unfinished was left at { $path }; the recording on the server is untouched. Download it again when it suits you.
earlier-saved = The app ended just after this file was saved. It was read now, and is right.
earlier-not-sent = This delete was confirmed, and the app ended before it was sent. Nothing was deleted. Decide anew when it suits you.
earlier-delete = This delete was cut off when the app ended, and was looked into now.
earlier-delete-unrecorded = What came of this delete is not in the record, of which entries are missing or were changed. It was looked into now.

earlier-not-looked-into = This delete was begun { $when } and cut off when the app ended. What it did is not known. Sign in there to have that looked into.

# What ended at a service that nobody is signed in to any more.
elsewhere = { $what } at { $service }
elsewhere-sign-in = You are signed in to another service now. To do anything about this, sign in there.
tray-bar = Progress

# The line that counts what has ended, and its buttons.
shelf-done = { NUMBER($count) } done
shelf-with-a-warning = { NUMBER($count) } with a warning
shelf-failed = { NUMBER($count) } failed
shelf-stopped = { NUMBER($count) } stopped
shelf-unfold = Show
shelf-fold = Hide
shelf-dismiss-all = Dismiss all

# What the way to Recordings says of it on other screens.
shelf-sign-running = { NUMBER($count) } running
shelf-sign-answer = { NUMBER($count) } to look at
