# What a folder is that recordings go to or lie in.
place-temporary = This is a temporary folder. The computer may empty it.
place-copied-to = This folder is copied to { $service }.
place-removable = This folder is on a removable drive. The file goes where the drive goes.
place-network = This folder is on a network drive.
place-backups-may-be-lost = { $count ->
    [one] { NUMBER($count) } backup lies in a temporary folder or on a removable drive.
   *[other] { NUMBER($count) } backups lie in a temporary folder or on a removable drive.
}
