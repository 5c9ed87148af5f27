"""What the Lambda functions are made of, beside the routes in app.py."""
