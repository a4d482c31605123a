"""The plugin's file where WordPress itself is not needed: PHP alone reads it. Skipped where PHP is not installed."""

import shutil
import subprocess
from pathlib import Path

import pytest

PLUGIN = Path(__file__).resolve().parents[2] / "wordpress" / "tribune.php"
PHP = shutil.which("php") or ""
ANNOUNCED = "define( 'ABSPATH', '/' ); function add_action( $hook ) { echo $hook, ' '; }"
CONFIGURED = (
    "define( 'TRIBUNE_URL', 'https://x' ); define( 'TRIBUNE_SECRET', 'whsec_eA==' ); define( 'TRIBUNE_SPACE', 'b' );"
)

pytestmark = pytest.mark.skipif(not PHP, reason="the plugin is PHP, which is not installed")


def hooks(*before: str) -> set[str]:
    """What the plugin listens to."""
    script = " ".join((*before, f"require '{PLUGIN}';"))
    ran = subprocess.run([PHP, "-r", script], check=True, capture_output=True, text=True, timeout=30)
    return set(ran.stdout.split())


def test_a_site_that_is_not_configured_yet_goes_on_as_if_nothing_were_there() -> None:
    assert hooks(ANNOUNCED) == {"admin_notices"}, "only its administrators are told"


def test_a_configured_site_tells_of_every_change_of_a_comment() -> None:
    assert hooks(ANNOUNCED, CONFIGURED) >= {
        "wp_insert_comment",
        "edit_comment",
        "transition_comment_status",
        "delete_comment",
        "rest_api_init",
    }


def test_the_file_is_nothing_by_itself() -> None:
    assert hooks() == set()
