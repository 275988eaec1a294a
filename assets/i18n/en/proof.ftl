# Behind Details of a saved recording: what was checked, and what proved it.
proof-digest = Arrival: the contents have the digest that the service had announced.
proof-announced-length = Arrival: as many bytes came as the service had announced.
proof-same-twice = Arrival: the same contents came twice.
proof-own-totals = Arrival: the service announced no length; the recording's own totals are met.
proof-none = Arrival: nothing proves that all of it came.
proof-as-it-is = Arrival: all came that the service has. It is no backup.
proof-codec = Encoding: { $codec }
proof-length = Length: { $length }

audio-whole = Audio: whole. Every byte is accounted for.
audio-unusual = Audio: every byte is accounted for, with something unusual that takes nothing from it.
audio-open = Audio: sound as far as it goes. The recording doesn't state where it ends.
audio-not-looked-into = Audio: its sizes fit. The app doesn't look inside this encoding.
audio-empty = Audio: none.
audio-damaged = Audio: damaged.
audio-neither = Audio: neither WAV nor FLAC.

codec-pcm = PCM
codec-float = floating-point numbers
codec-a-law = A-law
codec-mu-law = mu-law
codec-flac = FLAC
codec-other = WAV number { $number } (hexadecimal)

end-riff-size = End: the size that the whole file states is met.
end-data-size = End: the size that the audio states is met.
end-total-samples = End: the number of samples that it states is met.
end-md5 = End: the digest of its audio that it states fits.

oddity-open-sizes = Unusual: a size was left open, as recorders do that can't go back.
oddity-sizes-disagree = Unusual: the sizes that the file states don't agree with one another.
oddity-padding = Unusual: a filling byte is missing, not counted or not zero.
oddity-trailing-bytes = Unusual: there are bytes behind the audio that belong to nothing.
oddity-tag-behind = Unusual: a tag stands behind the audio.
oddity-unknown-codec = Unusual: the encoding is one that the app doesn't look into.
oddity-format-fields = Unusual: the figures that describe the samples don't fit together.
oddity-partial-frame = Unusual: the audio ends within a sample.
oddity-repeated-chunk = Unusual: a part stands in it twice.
oddity-id3-in-front = Unusual: a tag stands in front of the audio.
oddity-stream-info = Unusual: the block sizes that it states are not those of its audio.
oddity-metadata = Unusual: a block of notes in it isn't built as it should be.
oddity-starts-late = Unusual: its numbering doesn't start at the beginning.
oddity-no-sample-rate = Unusual: it doesn't state its sample rate.
oddity-no-audio = Unusual: there is no audio in it.

remark-coding = Unusual: the service called the recording encoded, as “{ $coding }”. It came plain.
remark-not-flushed = Not flushed to the disk: this drive has no way to say when all is really written. All of it came and was handed to the drive; before this computer or the drive is switched off, wait a while or eject the drive.
