"""Zendesk: tickets, comments, audits, metric events, ratings, users and groups, as API JSON and as flat tables."""
