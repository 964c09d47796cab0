"""What can go wrong between this project and Label Studio."""

from __future__ import annotations

from db.errors import ConflictError, RaisonTextError, UnavailableError


class LabelStudioDownError(UnavailableError):
    """Nothing answers at the address of Label Studio, or it does not answer in time."""

    title = "Label Studio is down"


class NotLabelStudioError(UnavailableError):
    """Something answers at the address, but it is no Label Studio."""

    title = "Not a Label Studio"


class WrongKeyError(RaisonTextError):
    """Label Studio does not accept the API key or the login."""

    http_status = 502
    title = "Label Studio refused the key"


class LabelStudioRefusedError(RaisonTextError):
    """Label Studio answered a request with an error."""

    http_status = 502
    title = "Label Studio refused a request"

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class ServerStartError(UnavailableError):
    """The local Label Studio did not start."""

    title = "Label Studio did not start"


class PortTakenError(ConflictError):
    """The TCP port of the local Label Studio is used by another program."""

    title = "Port taken"


class BusyError(ConflictError):
    """The same work is being done by another process."""

    title = "Already running"
