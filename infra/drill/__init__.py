"""The drill: what a rehearsal does on this machine, done to a deployment on AWS, and undone."""
