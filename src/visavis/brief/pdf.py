"""The brief as a PDF, through WeasyPrint; it is tagged for screen readers, and every picture has its words."""

from __future__ import annotations

from pathlib import Path

from visavis.errors import MissingExtraError

__all__ = ["check", "write_pdf"]


def check() -> None:
    """Whether PDFs can be made here.

    Raises:
        MissingExtraError: WeasyPrint is not installed.
    """
    try:
        import weasyprint  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("A PDF needs WeasyPrint: pip install 'visavis[pdf]'.") from error


def write_pdf(html: Path) -> Path:
    """Write the PDF of a brief beside it; returns its path.

    Raises:
        MissingExtraError: WeasyPrint is not installed.
    """
    check()
    from weasyprint import HTML

    path = html.with_suffix(".pdf")
    HTML(filename=str(html)).write_pdf(str(path), pdf_variant="pdf/ua-1")
    return path
