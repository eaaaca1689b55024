"""What all repositories of Acme share."""
