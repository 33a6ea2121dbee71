"""Notices as letters to fixed addresses."""

from conducktor.infra.mail import Delivery, Letter
from conducktor.notices.channel import Channel, NotDelivered, Outside, Parcel


class EmailChannel(Channel, frozen=True, kw_only=True, tag="email"):
    """Sends a letter to each of `addresses`."""

    addresses: tuple[str, ...]

    @property
    def target(self) -> str:
        return ", ".join(self.addresses)

    async def send(self, parcel: Parcel, outside: Outside) -> None:
        for address in self.addresses:
            await send_letter(address, parcel, outside)


async def send_letter(address: str, parcel: Parcel, outside: Outside) -> None:
    """One letter about a notice. Raises NotDelivered."""
    body = parcel.body
    page = f"\n\n{body.link}" if body.link else ""
    letter = Letter(
        to=address,
        subject=f"{body.title} ({parcel.workspace_name})",
        text=f"{body.text}{page}\n\nConducktor, workspace {parcel.workspace_name}\n",
        link=body.link,
    )
    match await outside.mailer.send(letter):
        case Delivery.SENT:
            return
        case Delivery.REFUSED:
            raise NotDelivered(f"The mail server will not take letters to {address}.", is_final=True)
        case Delivery.DELAYED:
            raise NotDelivered("The mail server did not take the letter.")
        case Delivery.PRINTED:
            raise NotDelivered("There is no mail server (CONDUCKTOR_SMTP_URL).")
