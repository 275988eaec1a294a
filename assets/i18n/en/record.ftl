record-check = Check record
record-checking = Checking the record…
record-whole = No gaps or changes found
record-checked = { $count ->
    [one] { NUMBER($count) } entry, checked { $checked }. Nothing is kept elsewhere to compare it with.
   *[other] { NUMBER($count) } entries, checked { $checked }. Nothing is kept elsewhere to compare them with.
}
record-checked-not-compared = { $count ->
    [one] { NUMBER($count) } entry, checked { $checked }. The keychain did not say what it keeps, so it was not compared.
   *[other] { NUMBER($count) } entries, checked { $checked }. The keychain did not say what it keeps, so they were not compared.
}
record-checked-and-compared = { $count ->
    [one] { NUMBER($count) } entry, checked { $checked } and compared with what the keychain keeps from { $kept }.
   *[other] { NUMBER($count) } entries, checked { $checked } and compared with what the keychain keeps from { $kept }.
}
record-tampered = The record is not as this app wrote it
record-tampered-and-seen = The record is not as this app wrote it, and that was seen
record-tampered-elsewhere = The record of what was done is not as this app wrote it. Nothing is deleted until somebody has looked at it.
record-not-checked-elsewhere = The record of what was done could not be checked. Nothing is deleted until it can be.
record-what-now = Nothing is deleted until somebody has seen this. Tell the person who looks after this computer, then go on. The record keeps who has seen it.
record-not-checked = The record could not be checked
record-seen = I have seen this
record-look = Look at the record
record-before-the-first = Something stands before the first entry.
record-fault = { $kind ->
   *[missing] { $count ->
        [one] Entry { $last } is missing.
       *[other] Entries { $first } to { $last } are missing.
    }
    [changed] { $count ->
        [one] Entry { $last } was changed.
       *[other] Entries { $first } to { $last } were changed.
    }
    [does-not-follow] { $count ->
        [one] Entry { $last } does not follow the one before it: that one was changed or added, or one between them is gone.
       *[other] Entries { $first } to { $last } do not follow the ones before them.
    }
    [no-entry] { $count ->
        [one] Entry { $last } is nothing that this app writes.
       *[other] Entries { $first } to { $last } are nothing that this app writes.
    }
    [not-written] { $count ->
        [one] Entry { $last } was not written by this app.
       *[other] Entries { $first } to { $last } were not written by this app.
    }
    [not-as-kept] { $count ->
        [one] Entry { $last } is another one than the keychain knows.
       *[other] Entry { $last } is another one than the keychain knows: it, or one from { $first } on, was changed.
    }
}
record-more-faults = { $count ->
    [one] There is { NUMBER($count) } more such place.
   *[other] There are { NUMBER($count) } more such places.
}
