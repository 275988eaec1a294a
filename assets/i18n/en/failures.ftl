# Each says what happened, what is safe, and what to do next.
failure-about-doctor = { $doctor }: { $sentence }
failure-about-all = All doctors: { $sentence }

failure-service-not-found = The service could not be found. Nothing was changed. Check the network connection and the service's address, then try again.
failure-no-answer = Nothing answered at the service's address. Nothing was changed. Check the network connection, then try again.
failure-timed-out = The service took too long to answer. The recording on the server is untouched by this. Try again in a moment.
failure-connection-dropped-early = The connection was lost before the answer came. The recording on the server is untouched by this. Try again.
failure-connection-dropped = The connection dropped after { $received }. The unfinished part was removed; the recording on the server is untouched. Try again.
failure-connection-dropped-of = The connection dropped after { $progress }. The unfinished part was removed; the recording on the server is untouched. Try again.
failure-not-trusted = This computer doesn't trust the service's certificate, so nothing was sent. Ask IT whether the address is right and the clinic's certificate is installed.
failure-proxy = The network's proxy refused the connection, so nothing was sent. Ask IT to let this app through, or sign in to the network first.
failure-sign-in-not-accepted = The service doesn't accept this sign-in any more. Nothing was changed. Sign in again to go on.
failure-not-allowed = This sign-in may not do that. Nothing was changed. Ask whoever manages your Nuxera account.
failure-name-not-accepted = The service doesn't take this name. Nothing was changed. Check how the name is spelled.
failure-nothing-there = The service has nothing under exactly this name. It may have been deleted already, or the name is spelled differently there.
failure-too-many-requests = The service asks for a pause. Nothing was changed. Try again in a minute.
failure-too-many-requests-wait = The service asks for a pause. Nothing was changed. Try again in { $wait }.
failure-service-trouble = The service has trouble of its own. The recording on the server is untouched by this app. Try again later.
failure-redirected = The service pointed to another place, and the app did not follow. Nothing was changed. Check the service's address with IT.
failure-redirected-to = The service pointed to { $host }, and the app did not follow. Nothing was changed. Check the service's address with IT.
failure-web-page-instead = A web page came instead of the service's answer, most likely this network's sign-in page. Nothing was changed. Open a browser, sign in to the network, then try again.
failure-not-audio = What came is no recording, so it was not kept. The recording on the server is untouched. Try again, and tell support if it stays so.
failure-unexpected-answer = The service gave an answer that this app doesn't know. It is not known to have changed anything. Try again, and tell support if it stays so.
failure-damaged-in-transit = The recording arrived damaged after { $received }, so it was not kept. The recording on the server is untouched. Try again.
failure-damaged-in-transit-of = Not the announced { $expected } but { $received } arrived, so the file was not kept. The recording on the server is untouched. Try again.
failure-disk-full = There is no room left for { $path }. The unfinished part was removed; the recording on the server is untouched. Make room or choose another folder.
failure-folder-not-writable = Nothing can be saved in { $path }. The recording on the server is untouched. Choose another folder.
failure-folder-missing = The folder { $path } is not there. The recording on the server is untouched. Connect the drive or choose another folder.
failure-folder-gone = { $path } could not be finished: its folder is no longer there. The recording on the server is untouched. An unfinished part may be left on the drive. Connect the drive again or choose another folder.
failure-destination-is-folder = { $path } is a folder, so no file can be saved there. The recording on the server is untouched. Choose another name.
failure-file-name-refused = The name of { $path } is not possible there. The recording on the server is untouched. Choose a shorter or simpler name.
failure-disk = { $path } could not be read or written. The recording on the server is untouched. Check the drive or choose another folder.
failure-read-back-differs = What the disk gives back for { $path } is not what was written to it, so it doesn't count as a backup. The recording on the server is untouched. Choose another folder.
failure-completeness-not-proven = Saved as { $path }, but nothing proves that it is all of the recording, so it doesn't count as a backup. The recording on the server is untouched.
failure-copy-changed = The recording on the server is another one now than when it was looked at. Nothing was deleted. Check it again and decide anew.
failure-record-not-writable = The record of what is done could not be written, so nothing was deleted. Check that the disk has room, then try again.
failure-store-trouble = The app's own notes could not be read or written. Recordings are untouched. Check that the disk has room, then start the app again.
failure-keychain-trouble = This computer's keychain can't be used just now. Nothing was lost; you may have to sign in again after the app is closed.
failure-keychain-not-cleared = This computer's keychain can't be used just now, so it may still hold an earlier sign-in. Sign out and in again later, or remove “Audio Housekeeper” from the keychain.
failure-confirmation-stale = The question was open too long, or its facts have changed. Nothing was deleted. Open it again.
failure-window-did-not-answer = This window was too busy to take a Stop for a minute, so the delete was not sent. Nothing was deleted. Look at what is there now, then decide anew.
failure-slept-meanwhile = The computer slept, or its clock was changed, before this delete was sent. Nothing was deleted. Look at what is there now, then decide anew.
failure-not-signed-in = Nobody is signed in. Nothing was changed. Sign in to go on.
failure-busy = Something is running for this doctor already. Nothing was changed. Wait until it has ended, or cancel it.
failure-queue-full = Too much is waiting already, so this was not begun. Nothing was changed. Wait until something has ended.
failure-internal = Something went wrong inside the app, so this was ended. Look at Activity for what is known, and tell support what stands under Details.
failure-data-in-use = Another window of this app is open already and uses its data. It may be on another screen, in another session or on another computer. Nothing was changed. Use that window, or close it first.
failure-data-from-newer-version = A newer version of this app wrote its data, so this one leaves it alone. Nothing was changed. Start the newer version.
failure-data-not-brought-up-to-date = An earlier version of this app wrote its data, and this one could not bring it up to date. The data is as it was. Check that the disk has room, then start the app again.
failure-data-folder-unusable = The app's folder { $path } can't be used. Nothing was changed. Ask IT for the right to write there.
failure-practice-trouble = Practice could not be started. Nothing was changed. Close the app and start it again.
failure-no-file-dialogs = This computer can't show a window for choosing files. Nothing was changed. Ask IT to install the desktop portal.

# Around a delete that was sent: none of these may say that nothing was changed.
failure-after-delete-timed-out = The service took too long to answer.
failure-after-delete-dropped = The connection dropped before the answer was there.
failure-after-delete-not-reached = The service could not be reached. Check the network connection.
failure-after-delete-service-trouble = The service answered that it has trouble of its own.
failure-after-delete-redirected = The service pointed to another place, and the app did not follow. Check the service's address with IT.
failure-after-delete-web-page = A web page came instead of the service's answer, most likely this network's sign-in page. Open a browser and sign in to the network.
failure-after-delete-sign-in = The service doesn't accept this sign-in any more.
failure-after-delete-not-allowed = The service answered that this sign-in may not do that. Ask whoever manages your Nuxera account.
failure-after-delete-store-trouble = The app's own notes could not be read or written. Check that the disk has room.
failure-after-delete-unexpected = The service gave an answer that this app doesn't know.

# What a try met after which there is another one. When that begins stands behind it.
met-service-not-found = The service could not be found.
met-no-answer = Nothing answered at the service's address.
met-timed-out = The service took too long.
met-connection-dropped-early = The connection was lost before the answer came.
met-connection-dropped = The connection dropped after { $received }.
met-too-many-requests = The service asks for a pause.
met-service-trouble = The service has trouble of its own.

# Behind Details, where there was more than one try.
details-try = Try { $number }: { $met }
