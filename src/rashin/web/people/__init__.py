"""Who may do and see what: people, roles, scope, the audit log, and every write about people as an action."""
