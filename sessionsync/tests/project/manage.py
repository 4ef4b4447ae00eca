"""A small project that uses `sessionsync` from its wheel: `test_wheel.py` copies it and runs it there."""

import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
execute_from_command_line(sys.argv)
