"""One boundary case (职责边界争议): state, commands, what follows, what the register takes up. See the modules."""
