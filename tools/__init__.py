"""Tools of the checkout, which the package does not ship."""
