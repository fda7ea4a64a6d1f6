"""Cases for a verifier of Cognito tokens: one module per family, each with a function `cases`."""
