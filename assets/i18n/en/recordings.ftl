recordings-title = Recordings
recordings-doctor = Doctor
recordings-doctor-hint = Name of the doctor, exactly as on the service
recordings-check = Check
recordings-checking = Checking…
recordings-preparing = Asking the service…
recordings-download = Download…
recordings-delete = Delete…
recordings-delete-all = Delete all recordings…
recordings-busy = A transfer or a deletion is running for this doctor. The rest waits until it has ended.

fact-on-the-server = On the server
fact-checked = Checked
fact-backup = Backup
fact-length = Length
fact-unknown = Not known
fact-never = Not yet

doctors-title = Doctors
doctors-check-all = Check all
doctors-none = No doctors yet. Type a name above; it is remembered here once it was used.
doctors-column-doctor = Doctor
doctors-column-server = On the server
doctors-column-checked = Checked
doctors-column-backup = Last backup
doctors-column-state = State
doctors-backup-none = None

server-not-checked = Not checked
server-nothing = Nothing under exactly this name
server-no-answer = Could not be checked

checked-then-no-answer = { $answered }, no answer { $silent }
checked-no-answer = No answer { $silent }

state-not-checked = Not checked
state-could-not-check = Could not be checked
state-nothing-there = Nothing under exactly this name
state-not-backed-up = Not backed up
state-backed-up = Backed up
state-backed-up-when = Backed up { $when }
state-cannot-compare = Backed up, can't compare
state-changed = Changed since backup
state-backup-missing = Backup missing
state-backup-altered = Backup altered
state-deleted = Deleted, nothing there now
state-delete-not-confirmed = Delete not confirmed
state-checked-ago = Checked { $ago }

unfit-damaged = Damaged on the server
unfit-empty = Empty on the server
unfit-other = Neither WAV nor FLAC

name-empty = Type the doctor's name first.
name-too-long = This name has { NUMBER($characters) } characters; the service takes { NUMBER($longest) } at most.
name-control-character = The name has a line break or an invisible control character in it. Please type it again.
# Characters that nobody sees, or that look like others.
name-unusual = This name holds { $what }. To the service that makes it another name.
name-plain-spelling = Use the plain spelling
name-with-unusual = { $name } (with { $what })
unusual-no-break-space = a no-break space
unusual-space = an unusual space
unusual-zero-width = a character of no width
unusual-soft-hyphen = a soft hyphen
unusual-byte-order-mark = a byte order mark
unusual-direction-mark = a mark that turns the direction of writing
unusual-hyphen = an unusual hyphen
unusual-invisible = an invisible character

recordings-another-delete = Another deletion is under way. The next one can be begun once it has ended.
recordings-record-tampered = Nothing is deleted until somebody has looked at the record.
recordings-all-busy = Something is still running. Everything can be deleted once it has ended.
recordings-rules-forbid = The rules on this computer forbid it.
