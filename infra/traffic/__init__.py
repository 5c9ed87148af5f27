"""Clients of the API and watchers of its DNS: the same in a rehearsal and in a drill."""
