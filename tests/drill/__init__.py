"""The drill, and what it leaves behind: nothing."""
