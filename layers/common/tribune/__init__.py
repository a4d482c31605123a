"""Tribune."""
