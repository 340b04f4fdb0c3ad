"""The platform's layers: functions that join components by what the settings say, called by stacks/platform.py."""
