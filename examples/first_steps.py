"""Open the shipped pack, ask how two countries got here, and write their brief into this folder."""

from visavis import open_record

pair = open_record().pair("KOR", "JPN")

print(pair.history(since="2010", until="2015"))

first = pair.history(since="2010", until="2015")[0]
print("\nthe first finding in numbers:", {name: number.value for name, number in first.numbers.items()})
print("what it rests on:", first.provenance.streams, "to", first.provenance.as_of)

written = pair.brief("kor-jpn.html")
print("\nwrote", *written.files)
