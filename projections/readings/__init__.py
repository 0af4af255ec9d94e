"""What people ask of the views: plain functions from a `Look` to frozen records. Import from the modules."""
