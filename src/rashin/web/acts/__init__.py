"""What people do about figures: cycles, alerts in hand, talk, schedules and what was sent. Rows about people; nothing here makes a number."""
