"""What the system does unasked: reads the feed and views, issues commands."""
