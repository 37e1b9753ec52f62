"""What hangs on a customer: identities, addresses, relations and consents."""
