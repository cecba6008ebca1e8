"""Reports: what was sent, one report, schedules, chat rooms, the log of what went out."""
