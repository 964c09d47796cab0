"""Slots format: open-class facts stand as slots with the case their sentence needs; code fills them in."""
