"""The agreement report as one page that opens offline."""
