"""Amazon Connect: contact records, the agent event stream, evaluation results."""
