"""What stands in for AWS on a laptop: the emulator, Route 53, the regions' fronts, faults."""
