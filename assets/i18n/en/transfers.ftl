tray-title = Transfers
tray-starting = Asking the service…
tray-saving = Checking the file…
tray-cancel = Cancel
tray-cancelled = Cancelled. Nothing was left behind.
tray-progress-of-total = { $part }, { $speed }, { $left }
tray-progress-no-left = { $part }, { $speed }
tray-progress-no-total = { $size } so far, { $speed }
tray-download-of = Download for { $doctor }

result-saved-and-checked = Saved and checked
result-saved-not-proven = Saved. Nothing proves that the file is all of the recording, so it doesn't count as a backup.
result-file = { $file }, { $size }
result-show-in-folder = Show in folder

delete-wait = Deleting for { $doctor } in { $seconds } s
delete-wait-all = Deleting every recording in { $seconds } s
delete-stop = Stop
delete-sending = Deleting for { $doctor }…
delete-sending-all = Deleting every recording…
delete-backing-up = Backing up { $doctor } before the delete
delete-looking = Looking whether it is gone…
