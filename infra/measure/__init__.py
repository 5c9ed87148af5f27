"""What a timeline amounts to: what came of a fault, and figures beside what is promised of each."""
