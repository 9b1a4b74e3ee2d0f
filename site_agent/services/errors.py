"""What a service refuses, and how to mend it. Pages show `mend`; nothing was changed."""

from typing import ClassVar

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


class ServiceError(Exception):
    """A refusal that a person can act on."""

    mend: ClassVar[LazyString] = _l("Go back and try again.")


class NoLongerOpenError(ServiceError):
    """Somebody else, or the clock, was faster; or it was withdrawn."""

    mend = _l("This has moved on in the meantime. Open the page again to see where it stands.")


class NotEligibleError(ServiceError):
    """A supporter whom no rule allows to be asked about this request, or who has no place free."""

    mend = _l("This supporter cannot be asked about this request. Choose another one from the list.")


class WrongTimeError(ServiceError):
    """A time that cannot be: in the future, or before the match was confirmed."""

    mend = _l("Give a time after the match was confirmed and not in the future.")


class InvalidRequestError(ServiceError):
    """A request that could not be handed over. `fields` names what is wrong."""

    mend = _l("Check the marked answers.")

    def __init__(self, *fields: str) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


class PinError(ServiceError):
    """A PIN that cannot be chosen."""

    mend = _l("Choose six digits that are not all the same and not a row like 123456.")


class WrongPinError(PinError):
    """A PIN that is not the one that was chosen."""

    mend = _l("This is not your PIN.")


class PlacesError(ServiceError):
    """More physicians at a time than anybody carries, or none."""

    mend = _l("Choose how many physicians you support at a time; to be asked about nobody, pause.")


class SettingError(ServiceError):
    """A setting outside its bounds."""

    mend = _l("Give a value inside the bounds shown beside the setting.")


class InvalidSupporterError(ServiceError):
    """Details of a supporter that cannot be kept. `fields` names what is wrong."""

    mend = _l("Check the marked answers.")

    def __init__(self, *fields: str) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


class InvalidPhysicianError(ServiceError):
    """A physician whose work somebody assesses, as it cannot be kept. `fields` names what is wrong."""

    mend = _l("Check the marked answers.")

    def __init__(self, *fields: str) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields
