"""The brief as a PDF, through WeasyPrint; it is tagged for screen readers, and every picture has its words."""

from __future__ import annotations

from pathlib import Path

from visavis.errors import MissingExtraError

__all__ = ["check", "pdf_bytes", "write_pdf"]


def check() -> None:
    """Whether PDFs can be made here.

    Raises:
        MissingExtraError: WeasyPrint is not installed.
    """
    try:
        import weasyprint  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("A PDF needs WeasyPrint: pip install 'visavis[pdf]'.") from error


def pdf_bytes(page: str) -> bytes:
    """The PDF of a brief's page.

    Raises:
        MissingExtraError: WeasyPrint is not installed.
    """
    check()
    from weasyprint import HTML

    made: bytes = HTML(string=page).write_pdf(pdf_variant="pdf/ua-1")
    return made


def write_pdf(html: Path) -> Path:
    """Write the PDF of a brief beside it; returns its path.

    Raises:
        MissingExtraError: WeasyPrint is not installed.
    """
    path = html.with_suffix(".pdf")
    path.write_bytes(pdf_bytes(html.read_text(encoding="utf-8")))
    return path
