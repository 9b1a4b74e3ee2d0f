"""Builds and checks the assets under ui/static/vendor. Not in the wheel."""
