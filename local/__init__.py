"""What runs on one machine and is never deployed."""
