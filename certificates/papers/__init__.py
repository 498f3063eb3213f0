"""Papers of approved flags: one content, written as XLSX, DOCX and PDF. It knows neither pages nor database."""
