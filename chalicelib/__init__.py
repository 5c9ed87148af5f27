"""What the Lambda functions are made of, beside the routes in app.py.

Each import here is part of every cold start, and a test lists all that may be loaded. So records
are NamedTuples: dataclasses would load `inspect`, for a seventh of a start.
"""
