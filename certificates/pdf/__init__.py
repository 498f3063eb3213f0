"""Layout and values to PDF bytes; knows no database, no request and no clock."""
