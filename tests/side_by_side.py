"""Which tests stay in one process when several processes run side by side.

A file stays whole, for its own fixtures; so do all the files that share the loaded month, and all that share a broker.
Groups are handed out in the order in which they were collected: the costly ones stand early in the alphabet.
"""

from xdist.scheduler import LoadScopeScheduling

MONTH = ("tests/dingze/", "tests/sample/", "tests/console/test_out.py")
BROKER = (
    "tests/automation/test_publisher.py",
    "tests/ingest/test_kafka",
    "tests/test_kafka_command.py",
    "tests/test_kafka_contract.py",
    "tests/test_production_faults.py",
)


class SharedSettings(LoadScopeScheduling):
    """Hands out files, and files that share something costly to set up together."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(MONTH):
            return "the loaded month"
        return "a broker" if nodeid.startswith(BROKER) else nodeid.partition("::")[0]
