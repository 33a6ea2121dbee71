"""Groups: people of a workspace under one name, so that policies and approvals can speak of them."""
