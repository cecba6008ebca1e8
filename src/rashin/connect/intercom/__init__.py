"""Intercom: conversations with their parts, admins and teams, as API JSON and as history tables."""
