app-name = Audio Housekeeper
nav-recordings = Recordings
nav-activity = Activity
nav-settings = Settings
account-unnamed = Signed in
account-practice = Practice
account-memory-only = Signed in until the app is closed

practice-stripe = Practice. Sample recordings only; nothing leaves this computer.

button-cancel = Cancel
button-close = Close
button-details = Details
button-copy-details = Copy details
button-dismiss = Dismiss
button-try-again = Try again

details-title = Details
details-when = Time: { $when }
details-call = Call: { $call }
details-status = Answer: { $status }
details-technical = What the app saw: { $technical }
details-copied = Copied. It holds no token and no names of doctors.

close-title = Close while something is running?
close-body = { $count ->
    [one] { NUMBER($count) } thing is still running:
   *[other] { NUMBER($count) } things are still running:
}
close-what-happens = What is cut off is named at the next start. An unfinished download leaves no recording behind, and a delete that is still waiting is not sent.
close-stay = Stay
close-anyway = Stop and close
