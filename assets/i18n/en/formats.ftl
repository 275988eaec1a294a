# Sizes count in powers of ten. $number is already written the way the language writes numbers.
size-bytes = { $number } B
size-kilobytes = { $number } kB
size-megabytes = { $number } MB
size-gigabytes = { $number } GB
size-terabytes = { $number } TB
size-of-bytes = { $part } of { $total } B
size-of-kilobytes = { $part } of { $total } kB
size-of-megabytes = { $part } of { $total } MB
size-of-gigabytes = { $part } of { $total } GB
size-of-terabytes = { $part } of { $total } TB
speed = { $size }/s

# Lengths: the smaller part always has two digits.
length-seconds = { $seconds } s
length-minutes = { $minutes } min { $seconds } s
length-hours = { $hours } h { $minutes } min
left-seconds = { $seconds } s left
left-minutes = { $minutes } min left
left-hours = { $hours } h { $minutes } min left

when-just-now = just now
when-minutes-ago = { $minutes } min ago
when-days-ago = { $days ->
    [one] { NUMBER($days) } day ago
   *[other] { NUMBER($days) } days ago
}
when-today = Today { $time }
when-yesterday = Yesterday { $time }
when-today-within = today { $time }
when-yesterday-within = yesterday { $time }
when-date = { $day } { $month }
when-date-year = { $day } { $month } { $year }
when-date-time = { $date } { $time }
when-time = { $hour }:{ $minute }
when-zoned = { $date } { $time }:{ $second } { $zone }

month-1 = Jan
month-2 = Feb
month-3 = Mar
month-4 = Apr
month-5 = May
month-6 = Jun
month-7 = Jul
month-8 = Aug
month-9 = Sep
month-10 = Oct
month-11 = Nov
month-12 = Dec

copy-format-and-size = { $format }, { $size }
copy-empty = Empty
copy-unknown = A recording
copy-unknown-and-size = A recording, { $size }
list-separator = ,{" "}
