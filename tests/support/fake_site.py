"""Sites that speak to a hub under test as agents do: with keys of their own, through its HTTP doors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from werkzeug.test import TestResponse

from hub.models import Site
from hub.services.enrolment import renew_code
from protocol.enrolment_code import EnrolmentCode
from protocol.envelope import HUB, Message, new_claims, new_id, open_envelope, sign, token_hash
from protocol.key_log import sign_seen
from protocol.keys import SealingKey, SigningKey
from protocol.messages import matches
from protocol.messages.body import Body
from protocol.messages.directory import Sites
from protocol.messages.enrolment import Begin, Challenge, Prove, PublicKey, Result
from protocol.messages.offers import Capacity, StageBand
from protocol.messages.transport import Batch, Numbered, Poll, Receipt, Submit
from protocol.sealing import unseal_bytes
from protocol.withdrawal import new_secret, withdrawal_hash

if TYPE_CHECKING:
    from tests.support.hub import HubUnderTest

LIFETIME = timedelta(days=14)
CARD = "eyJhbGciOiJmYWtlIn0.card.letter"
IDENTITY = "eyJhbGciOiJmYWtlIn0.identity.letter"


@dataclass
class FakeSite:
    """What an agent is to the hub: two keys, an outbox by number, a cursor."""

    hub: HubUnderTest
    site_id: str
    code: str
    signing: SigningKey = field(default_factory=SigningKey.generate)
    sealing: SealingKey = field(default_factory=SealingKey.generate)
    epoch: int = 1
    n: int = 0
    cursor: int = 0
    log_length: int = 0
    heads_cursor: int = 0
    seen: str | None = None
    challenge: Challenge | None = None

    # -- enrolling

    def begin_token(self, **claims: Any) -> str:
        """A signed `enrolment.begin`."""
        secret = EnrolmentCode.parse(self.code).secret_text
        keys_ = PublicKey(**self.signing.public().jwk()), PublicKey(**self.sealing.public().jwk())
        return self.token(Begin(secret, *keys_), **{"iss": "new", **claims})

    def prove_token(self, **changes: Any) -> str:
        """A signed `enrolment.prove`."""
        assert self.challenge is not None
        opened = unseal_bytes(self.challenge.sealed, self.sealing).decode()
        key = PublicKey(**self.signing.public().jwk())
        fields = {
            "site_id": self.site_id,
            "nonce": self.challenge.nonce,
            "opened": opened,
            "signing_key": key,
        }
        return self.token(Prove(**{**fields, **changes}), iss="new")

    def begin(self) -> Message:
        """Present the code and both keys; keeps the challenge."""
        message = self.read(self.enrol(self.begin_token()), "new")
        self.challenge = cast(Challenge, message.body)
        return message

    def prove(self) -> Result:
        """Answer the challenge, or ask how the approval stands."""
        return cast(Result, self.read(self.enrol(self.prove_token())).body)

    def anew(self) -> FakeSite:
        """The same site with other keys, approved: a fresh code was given out, and its keys are replaced."""
        with self.hub.session() as session:
            code = renew_code(session, session.get_one(Site, self.site_id), self.hub.now)
        moved = FakeSite(self.hub, self.site_id, code, epoch=self.epoch + 1)
        moved.begin()
        moved.prove()
        self.hub.staff("approve", moved)
        return moved

    def enrol(self, token: str) -> TestResponse:
        """Post one token to the enrolment door."""
        return self.hub.post("enrolment", data=token, content_type="application/jose")

    # -- speaking

    def token(self, body: Body, *, iss: str | None = None, **claims: Any) -> str:
        """A signed message of this site to the hub."""
        given = {"aud": HUB, "now": self.hub.now, "lifetime": LIFETIME, **claims}
        return sign(new_claims(body, iss=iss or self.site_id, **given), self.signing)

    def wrap(self, tokens: Sequence[str], first: int, **claims: Any) -> dict[str, Any]:
        """A POST of these tokens, numbered from `first`."""
        numbered = tuple(Numbered(n, token_hash(token)) for n, token in enumerate(tokens, first))
        return {"wrapper": self.token(Submit(self.epoch, numbered), **claims), "tokens": list(tokens)}

    def submit(self, *tokens: str, first: int | None = None) -> TestResponse:
        """Post tokens under the next numbers, or again under old ones."""
        response = self.hub.post("messages", json=self.wrap(tokens, self.n + 1 if first is None else first))
        if first is None and response.status_code == 200:
            self.n += len(tokens)
        return response

    def receipts(self, response: TestResponse) -> list[Receipt]:
        """The receipts of an answer, verified."""
        assert response.status_code == 200, response.get_json()
        return [cast(Receipt, self.open(token).body) for token in response.get_json()["receipts"]]

    def say(self, body: Body, **claims: Any) -> Receipt:
        """Submit one message and return its receipt."""
        return self.receipts(self.submit(self.token(body, **claims)))[0]

    def open(self, token: str, aud: str | None = None) -> Message:
        """Open a token of the hub."""
        return open_envelope(token, self.hub.keyring(), self.hub.now, audience=aud or self.site_id)

    def read(self, response: TestResponse, aud: str | None = None) -> Message:
        """Open the one token of an enrolment's answer."""
        assert response.status_code == 200, response.get_json()
        return self.open(response.get_data(as_text=True), aud)

    # -- listening

    def poll_post(self, most: int = 50, **claims: Any) -> dict[str, Any]:
        """The POST of a poll."""
        body = Poll(self.epoch, self.cursor, most, self.log_length, self.heads_cursor, self.seen)
        return {"wrapper": self.token(body, **claims)}

    def poll(self, most: int = 50) -> TestResponse:
        """Poll and remember nothing, as if the answer were lost."""
        return self.hub.post("poll", json=self.poll_post(most))

    def fetch(self, most: int = 50) -> list[Message]:
        """Poll, take everything in the answer and move the cursor; the next poll acknowledges."""
        response = self.poll(most)
        assert response.status_code == 200, response.get_json()
        answer = response.get_json()
        batch = cast(Batch, self.open(answer["batch"]).body)
        self.log_length += len(answer["entries"])
        self.heads_cursor = batch.heads_cursor
        self.seen = sign_seen(answer["head"], self.site_id, self.signing, self.hub.now)
        assert [each.hash for each in batch.tokens] == [token_hash(token) for token in answer["messages"]]
        if batch.tokens:
            assert [each.n for each in batch.tokens] == list(
                range(self.cursor + 1, self.cursor + 1 + len(batch.tokens))
            )
            self.cursor = batch.tokens[-1].n
        return [self.open(token) for token in answer["messages"]]

    def news(self) -> list[Message]:
        """Everything that waits, less the directory; acknowledged."""
        found = self.fetch()
        self.fetch(0)
        return [message for message in found if not isinstance(message.body, Sites)]

    def hears(self) -> list[str]:
        """What `news` brings, as words: the type, and the state if it has one."""
        return [
            " ".join(filter(None, (message.type, getattr(message.body, "state", None))))
            for message in self.news()
        ]

    # -- matches

    def offer(
        self,
        stages: Sequence[str] = ("learner", "early", "mid", "late", "unknown"),
        band: str = "1-2",
        languages: Sequence[str] = ("en",),
        modalities: Sequence[str] = ("any",),
        lasts: timedelta = timedelta(days=14),
    ) -> Receipt:
        """Say what the site could take on."""
        bands = tuple(StageBand(stage, band) for stage in stages)
        return self.say(Capacity(bands, tuple(languages), tuple(modalities), self.hub.now + lasts))

    def ask(self, stage: str = "mid", modality: str = "phone") -> FakeRequest:
        """A physician here asks for somebody from elsewhere."""
        request = FakeRequest(self, new_id(), new_secret())
        body = matches.Request(stage, modality, withdrawal_hash(request.secret))
        assert self.say(body, thid=request.thid).outcome == "accepted"
        return request


@dataclass
class FakeRequest:
    """A request as its home knows it; `letters` keeps the ids that a real home forgets."""

    home: FakeSite
    thid: str
    secret: str
    letters: dict[str, matches.Letter] = field(default_factory=dict)
    shortlist: matches.Shortlist | matches.LettersWanted | None = None

    def listed(self) -> list[str]:
        """Fetch the shortlist; the site ids on it, best first."""
        for message in self.home.news():
            if (
                isinstance(message.body, matches.Shortlist | matches.LettersWanted)
                and message.thid == self.thid
            ):
                self.shortlist = message.body
        return [each.site_id for each in self.shortlist.sites] if self.shortlist else []

    def letters_to(self, *sites: FakeSite, lasts: timedelta = LIFETIME) -> matches.Letters:
        """Letters to these sites for the shortlist that came last."""
        assert self.shortlist is not None
        made = tuple(matches.Letter(site.site_id, new_id(), CARD, IDENTITY) for site in sites)
        self.letters |= {letter.site_id: letter for letter in made}
        return matches.Letters(self.shortlist.round, made, self.home.hub.now + lasts)

    def write(self, *sites: FakeSite, lasts: timedelta = LIFETIME) -> Receipt:
        """Send them."""
        return self.home.say(self.letters_to(*sites, lasts=lasts), thid=self.thid)

    def says(self, body: Body) -> Receipt:
        """Home says something about it."""
        return self.home.say(body, thid=self.thid)

    def thid_at(self, site: FakeSite) -> str:
        """What the request is called at a helping site."""
        return self.letters[site.site_id].thid

    def at(self, site: FakeSite) -> HeldRequest:
        """The request at a helping site that has fetched its proposal."""
        for message in site.news():
            if message.thid == self.thid_at(site) and isinstance(message.body, matches.Proposal):
                return HeldRequest(site, message.thid, message.jti)
        raise AssertionError("no proposal came")

    def released_at(self, site: FakeSite) -> HeldRequest:
        """The request at a site that accepted it and has the name."""
        held = self.at(site)
        assert held.says(matches.Accept(), re=held.awaits).outcome == "accepted"
        (message,) = site.news()
        assert isinstance(message.body, matches.Release)
        held.awaits = message.jti
        return held

    def confirmed_at(self, site: FakeSite) -> HeldRequest:
        """The request at a site that has confirmed it."""
        held = self.released_at(site)
        assert held.says(matches.Confirmed(), re=held.awaits).outcome == "accepted"
        return held


@dataclass
class HeldRequest:
    """A request as a helping site knows it. `awaits` is the message that it answers."""

    site: FakeSite
    thid: str
    awaits: str

    def says(self, body: Body, re: str | None = None) -> Receipt:
        """The helping site says something about it."""
        return self.site.say(body, thid=self.thid, re=re)
