"""What the commands share: options, language, tables, figures, errors. No command lives here."""
