"""The app's client of DynamoDB, held against botocore's."""
