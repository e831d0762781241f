"""Google Cloud: the generated rows describe requests, the curated facts say what a kind means; all else reads them."""
