"""This city: its configuration and versions, its working-day calendar, its places."""
