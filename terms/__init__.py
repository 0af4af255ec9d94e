"""The words every room uses: ids, actors, errors and the one Chinese catalogue of messages."""
