"""Asterisk's ``queue_log``, as the file and as the database table."""
