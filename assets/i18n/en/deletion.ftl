delete-title = Delete the recordings of { $doctor }?
delete-checking = Asking the service what it has for { $doctor }…
delete-as = Deleting as { $person } on { $service }
delete-as-unnamed = Deleting on { $service }, with the access token given at sign-in
delete-fact-server = On the server
delete-fact-backup = Backup
delete-fact-kept-in = Kept in
delete-fact-copy-when = { $copy }, checked { $when }
delete-fact-contents = Contents
delete-contents-damaged = Damaged: { $damage }. It came twice with the same contents.
delete-contents-empty = Empty: there is no audio in it.
delete-contents-other = { $kind }: neither WAV nor FLAC, so it can't be checked.
delete-backup-none = None
delete-backup-same = { $when }, same as on the server
delete-backup-cannot-compare = { $when }, can't be compared with the server's
delete-backup-may-be-changed = { $when }, can't be compared with the server's, which may have changed
delete-backup-changed = { $when }, of an earlier recording
delete-backup-missing = Missing: the file is no longer where it was saved
delete-backup-not-flushed = This drive has no way to say when all is really written. Before you delete, wait a while or eject and reconnect the drive.
delete-backup-altered = Altered: the file is not the one that was saved
delete-warning-short = Every file under this name goes, for good.
delete-warning = A download fetches one file, but a delete removes every file stored under this name. This app cannot see whether a recording was transcribed. Deleted recordings cannot be recovered.
delete-why = Why (kept in the record)
delete-why-other = In your own words
reason-none = No reason given
reason-transcribed = Transcribed and filed
reason-doctors-request = Doctor's request
reason-recorded-by-mistake = Recorded by mistake
reason-other = Other

delete-button-delete = Delete
delete-button-without-backup = Delete without backup
delete-button-keeping = Delete, keeping the earlier backup
delete-button-back-up = Back up, then delete…
delete-button-back-up-again = Back up again, then delete…
compare-button = Compare by downloading again
compare-in-question = Downloading the recording of { $doctor } again, to compare it with the backup. Nothing of it is kept.
button-keep-as-it-is = Keep it as it is…
delete-button-forget = Forget this name

delete-nothing-title = Nothing to delete for { $doctor }
delete-nothing-body = The service has nothing under exactly this name. It may have been deleted already, or the name is spelled differently there.
delete-unchecked-title = { $doctor } could not be checked

delete-all-title = Delete every recording on the server?
delete-all-body = This removes all recordings of all doctors, including doctors not listed on this computer. It cannot be undone.
delete-all-listed = Doctors listed here
delete-all-backed-up = Backed up
delete-all-not-backed-up = Not backed up
delete-all-not-checked = Not checked
delete-all-tally = { NUMBER($total) }: { NUMBER($with) } with recordings, { NUMBER($without) } without, { NUMBER($unchecked) } not checked
delete-all-tally-none = None
delete-all-tally-backed-up = { NUMBER($count) }
delete-all-tally-backed-up-and-uncompared = { NUMBER($count) }, and { NUMBER($uncompared) } that can't be compared
delete-all-tally-names = { NUMBER($count) }: { $names }
delete-all-tally-names-more = { NUMBER($count) }: { $names } and { NUMBER($more) } more
delete-all-first-unchecked = { $unchecked ->
    [one] { NUMBER($unchecked) } doctor was not checked.
   *[other] { NUMBER($unchecked) } doctors were not checked.
}
delete-all-first-without-backup = { $missing ->
    [one] { NUMBER($missing) } doctor has no backup.
   *[other] { NUMBER($missing) } doctors have no backup.
}
delete-all-first-uncompared = { $uncompared ->
    [one] { NUMBER($uncompared) } doctor's backup can't be compared.
   *[other] { NUMBER($uncompared) } doctors' backups can't be compared.
}
delete-all-first-button = Check and back up first…
delete-all-looking = Looking at every doctor: { $done } of { $of }
delete-all-begins-looking = Looking at every doctor…
delete-all-stop-looking = Stop looking
delete-all-still-looking = The doctors are still being looked at. Stop that to go on with what is known.
delete-all-phrase = Type { $phrase } to continue
delete-all-button = Delete all doctors' recordings

outcome-gone = Deleted. Nuxera has nothing under this name now.
outcome-gone-all = Deleted. Nuxera has nothing now for any doctor listed here. This app can't speak for doctors that are not listed.
outcome-still-there = The service still shows a recording for { $doctor }. It may need a moment, or a new one may have been recorded.
outcome-still-there-all = The service still shows recordings for some of the doctors listed here.
outcome-not-known = The delete was sent, and no answer came that tells what it did. Look again before you rely on it.
outcome-not-known-all = The delete was sent, and it is not known whether all recordings are gone. Look again before you rely on it.
outcome-stopped = Stopped. Nothing was sent, and nothing was deleted.
outcome-not-sent = Nothing was sent, and nothing was deleted.
outcome-look-again = Look again
outcome-looking = Looking…
outcome-wrong-doctor = Wrong doctor?

wrong-doctor-title = Was { $doctor } the wrong doctor?
wrong-doctor-copy = The backup of this recording is here:
wrong-doctor-no-copy = There is no backup of this recording on this computer. Please write to Nuxera's support at once: the sooner they know, the better the chance that they can help.
wrong-doctor-send = What to send to support
wrong-doctor-report-doctor = Doctor: { $doctor }
wrong-doctor-report-when = Deleted: { $when }
wrong-doctor-report-service = Service: { $service }
wrong-doctor-report-operation = Number in the record: { $operation }
wrong-doctor-copy-report = Copy

delete-password = Your password
delete-second = A second person has to agree
delete-second-name = Their user name or email
delete-second-password = Their password
delete-rule-backup = The rules on this computer want a backup of this very recording first.
