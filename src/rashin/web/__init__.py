"""The site. The only part that knows Django: one app, one folder per page."""
