"""What people read: the engine that folds, and the views."""
