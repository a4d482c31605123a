"""The `tribune apply` command, for a stack that is deployed."""

from argparse import Namespace

from local.apply import Target, apply, is_told
from local.charter_command import check_ready
from local.charter_file import Opened
from local.configuration import read
from tribune import clock
from tribune.aws import stack


def run(arguments: Namespace) -> int:
    """Apply the file and print the differences. Raises BadConfiguration, also for a charter that is not ready; Unavailable."""
    configuration = read(arguments.file)
    place = stack.locate(arguments.stage)
    target = Target(place.stage, place.tables["community"], place.tables["charter"])
    ours = Opened(configuration.charter, configuration.charter_file, configuration.community)
    check_ready(ours, told=is_told(configuration, target))
    differences = apply(configuration, target, clock.now(), summary=arguments.summary, dry_run=arguments.dry_run)
    print("\n".join(differences) or "nothing to change")
    return 0
