"""What a deployment costs a month: from dated unit prices, and from what the deployment uses."""
