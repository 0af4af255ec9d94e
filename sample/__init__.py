"""One fictional city, 云泽市, as data: its units, mandates, places and orders, and what loads them."""
