sign-in-title = Sign in to Nuxera
sign-in-again-title = Please sign in again
sign-in-again-waiting = Your sign-in has ended. What you had begun waits, and goes on when you sign in.
sign-in-again-body = Your sign-in has ended, and the service takes nothing more from it. Sign in to go on.
sign-in-before-title = Sign in again
sign-in-before-body = Your sign-in ends at { $time }. Sign in now, and nothing has to wait then.
sign-in-first-title = Sign in first?
sign-in-first-body = This may take { NUMBER($minutes) } { $minutes ->
    [one] minute
   *[other] minutes
}, and your sign-in ends at { $time }. What is not done by then waits until you sign in again.
sign-in-begin-anyway = Begin anyway
sign-in-not-forgotten = You are signed out. { $why } So it may still hold your sign-in, which this app won't use any more. Remove “Audio Housekeeper” in { $program }, or ask IT to do it.
sign-in-keychain-unreadable = { $why } Please sign in; nothing else is lost. { $advice }
sign-in-practice = To practise, sign in as front.desk or as back.office. The password is practice.
sign-in-starting = Looking whether you are signed in…
cannot-open-title = The app can't open its data
sign-in-do-not-wait = Sign in without waiting
sign-in-change = Change…
sign-in-address = Service address
sign-in-user-name = User name or email
sign-in-password = Password
sign-in-password-missing = Type your user name and your password first.
sign-in-stop = Stop signing in
sign-in-someone-else = Someone else
sign-in-wait = { $seconds ->
    [one] Too many passwords were wrong. Wait a second before the next try.
   *[other] Too many passwords were wrong. Wait { NUMBER($seconds) } seconds before the next try.
}
sign-in-with-token = Use an access token from IT
sign-in-with-password = Use a user name and password
sign-in-token = Access token
sign-in-token-hint = Paste the token you got from IT
sign-in-stay = Stay signed in on this computer
sign-in-button = Sign in
sign-in-checking = Signing in…
sign-in-practise = Practise with samples
sign-in-token-missing = Paste your access token first.
sign-in-token-not-accepted = The service doesn't accept this access token. Nothing was kept. Check that all of it was pasted, or ask IT for a new one.

accounts-switch = Switch account…
accounts-title = Who is at the desk?
accounts-present = Signed in now
accounts-kept = Stays signed in on this computer
accounts-someone-else = Someone else…

origin-not-an-address = This is not a web address. It looks like https://api.nuxera.ai.
origin-not-secure = The address must begin with https://, so that recordings travel protected.
origin-more-than-origin = Leave out everything after the address itself, such as a name, a path or a question mark.

token-kept-in-keychain = Kept in this computer's keychain.
token-kept-in-memory = Kept until the app is closed, as you asked.
token-not-kept = Your sign-in could not be kept, so you stay signed in only until the app is closed.
token-kept-practice = Practice keeps no sign-in.
