"""What is to come: volumes by queue and interval, kept forecasts held to what came, the running day anew, days that must not teach."""
