"""The one family of expected failures.

Every room derives its own errors from :class:`RaisonTextError`. The command line and the HTTP API each have one
handler that turns any of them into an answer: a line on stderr and ``exit_code``, or problem+json with
``http_status``. A message says what was expected, what was found and where.
"""


class RaisonTextError(Exception):
    """An expected failure with a message fit for the user."""

    exit_code: int = 1
    http_status: int = 400
    title: str = "Request failed"


class NotFoundError(RaisonTextError):
    """Something named by the user does not exist."""

    http_status = 404
    title = "Not found"


class ConflictError(RaisonTextError):
    """The request is at odds with the present state (a round in another state, a name taken)."""

    http_status = 409
    title = "Conflict"


class InvalidInputError(RaisonTextError):
    """Input does not have the form that the contract gives."""

    http_status = 422
    title = "Invalid input"


class UnavailableError(RaisonTextError):
    """A service that is needed does not answer."""

    http_status = 503
    title = "Service unavailable"
