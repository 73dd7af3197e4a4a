"""Who told it: the country of a publisher or of a web address.

``publishers.csv`` names the publishers and domains whose country is evident, each with what makes it so: the name
itself, or that it is a well-known national news agency. Beyond it only the country-code domain speaks. Whatever is not
evident stays unknown; an aggregator or a monitoring service tells nothing about who wrote the story.
"""

from __future__ import annotations

import csv
from functools import cache, lru_cache
from importlib.resources import files
from urllib.parse import urlsplit

__all__ = ["told_by"]

# Country-code domains sold all over the world; they say a country only under a category, as in .com.co.
_GENERIC = frozenset(
    {"ac", "ag", "ai", "am", "as", "bz", "cc", "cd", "cf", "co", "cx", "dj", "fm", "ga", "gd", "gg", "gl", "gq"}
    | {"im", "io", "la", "ly", "me", "ml", "ms", "nu", "pm", "pw", "sc", "sh", "so", "st", "tf", "tk", "to", "tv"}
    | {"vc", "vg", "wf", "ws", "yt"}
)
_CATEGORIES = frozenset({"ac", "co", "com", "edu", "go", "gob", "gov", "net", "or", "org"})
_BLOGS = frozenset({"blogspot", "wordpress"})  # their country-code address follows the reader, not the writer


@cache
def _register() -> dict[tuple[str, str], str]:
    text = (files("visavis") / "names" / "publishers.csv").read_text(encoding="utf-8")
    return {(row["kind"], _key(row["name"])): row["country"] for row in csv.DictReader(text.splitlines())}


@cache
def _country_domains() -> dict[str, str]:
    text = (files("visavis") / "names" / "countries.csv").read_text(encoding="utf-8")
    current = {row["iso2"].lower(): row["iso3"] for row in csv.DictReader(text.splitlines()) if not row["valid_to"]}
    return current | {"uk": "GBR", "gov": "USA", "mil": "USA"}


def _key(text: str) -> str:
    return " ".join(text.casefold().split()).removeprefix("the ")


def _host(text: str) -> str | None:
    """The host of a web address or a bare domain; None for a publisher's name."""
    if "://" in text:
        try:
            return urlsplit(text).hostname
        except ValueError:  # a broken address says nothing
            return ""
    bare = text.split("/")[0].lower()
    return bare if "." in bare and " " not in text and bare.rpartition(".")[2].isalpha() else None


@lru_cache(maxsize=65536)  # hosts, not addresses: those are as many as there are stories
def _told_by_host(host: str) -> str | None:
    labels = host.rstrip(".").split(".")
    domains = [".".join(labels[i:]) for i in range(len(labels) - 1)]
    listed = next((c for d in domains if (c := _register().get(("domain", d)))), None)
    if listed or _BLOGS.intersection(labels) or len(labels) < 2:
        return listed
    under_category = len(labels) > 2 and labels[-2] in _CATEGORIES
    return None if labels[-1] in _GENERIC and not under_category else _country_domains().get(labels[-1])


def told_by(publisher_or_url: str) -> str | None:
    """The country of the publisher, ISO alpha-3, for a publisher's name, a web address or a domain; None if unknown.

    >>> told_by("Yonhap English News"), told_by("https://www3.nhk.or.jp/news/1.html"), told_by("https://go.tv/1")
    ('KOR', 'JPN', None)
    """
    text = publisher_or_url.strip()
    host = _host(text)
    return _register().get(("publisher", _key(text))) or (_told_by_host(host) if host else None)
