"""The brief: findings as one HTML file, and the files beside it."""

from __future__ import annotations

from visavis.brief.render import finding_html, findings_html, render

__all__ = ["finding_html", "findings_html", "render"]
