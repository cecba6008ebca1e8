"""What would move if handling time, volume, seats, shrinkage or patience were otherwise."""
