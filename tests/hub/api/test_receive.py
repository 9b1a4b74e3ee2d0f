"""The accept order, receipts, numbers and idempotency of `POST /v1/messages`."""

from protocol.messages.transport import Hello


def test_it_accepts_a_message_with_a_signed_receipt(site):
    receipt = site.say(Hello(1, 1))
    assert (receipt.n, receipt.outcome, receipt.code) == (1, "accepted", None)


def test_a_poll_brings_the_directory(site):
    (message,) = site.fetch()
    assert message.type == "directory.sites"
