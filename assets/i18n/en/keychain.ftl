# Why the keychain keeps nothing, or did not answer: a sentence each, which stands inside the longer ones.
keychain-missing = No keychain is running on this computer.
keychain-no-place = This computer's keychain has no keyring yet to keep anything in.
keychain-refused = This computer's keychain is locked, or its question was closed.
keychain-no-answer = This computer's keychain did not answer in time.
keychain-too-long = Your sign-in is longer than what this computer's keychain keeps.
keychain-incomplete = This computer's keychain held only a part of your sign-in.
keychain-gone = Your sign-in is no longer in this computer's keychain.
keychain-fault = This computer's keychain can't be used just now.

# What to do about each.
keychain-missing-advice = If it stays so, ask IT to set one up, such as “Passwords and Keys”.
keychain-no-place-advice = To make one, open “Passwords and Keys”, choose +, then Password keyring, and name it Login. Click it with the right button and choose Set as default. Then sign out and in again.
keychain-refused-advice = When it asks for a password, type the one that you start this computer with.
keychain-no-answer-advice = Look for its question for a password, perhaps behind this window.
keychain-too-long-advice = Ask IT about it.
keychain-incomplete-advice = That part signs nobody in.
keychain-gone-advice = It was removed there, as by hand in { $program }, or the keychain is a new one.
keychain-fault-advice = If it stays so, tell IT.

# What the system calls its window onto the keychain.
keychain-program = { $system ->
    [windows] “Credential Manager”
    [macos] “Keychain Access”
   *[other] “Passwords and Keys” (in KDE “KWalletManager”)
}
