"""The API's two functions, as infra/region/ names them in every region."""

KINDS = ("read", "write")
# Carries all traffic: infra/region/functions.tf.
ALIAS = "live"


def name_of(stack: str, kind: str) -> str:
    """Return the name of a stack's function: infra/region/chalice_override.tf."""
    return f"{stack}-{kind}"
