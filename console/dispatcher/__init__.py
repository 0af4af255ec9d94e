"""The hotline: the queue, dispatching, and the review of what departments send back."""
