"""What people say to each other about a figure: threads on other pages, and the page of what is meant for oneself."""
