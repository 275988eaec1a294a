# Said by the system's own message box, where the app has no window.
start-nothing-draws = Audio Housekeeper can't draw its window on this screen. Nothing was changed. Restart the computer and start the app again. If that doesn't help, ask IT to update the graphics driver.
start-renderer-refused = Audio Housekeeper can't draw its window with { $option } on this screen. Nothing was changed. Start it without that, and it chooses by itself.
start-no-display = There is no screen to show the window on, or the connection to it was lost. Start Audio Housekeeper from a desktop.
start-fault = Audio Housekeeper had a fault and was closed. Recordings that were saved are safe. Start it again: it names what was cut off. If this happens again, tell IT.
start-not-again = Audio Housekeeper was closed: it has to open its window anew and could not start itself again. It may have just been updated or moved. Recordings that were saved are safe. Start Audio Housekeeper again.
start-log = For IT: the log in { $folder } says more.
