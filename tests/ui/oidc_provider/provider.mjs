// A real OpenID Connect provider (npm oidc-provider) with its development login page, on a free port.
// The login name becomes the subject; what it says about each is below. Prints its issuer when it listens.
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const CLAIMS = {
  new: { email: "new@example.org", email_verified: true },
  usurper: { email: "new@example.org", email_verified: true },
  shouting: { email: "NEW@example.org", email_verified: true },
  unverified: { email: "new@example.org", email_verified: false },
  texted: { email: "new@example.org", email_verified: "true" },
  member: { email: "ana@example.org", email_verified: true },
  nameless: {},
  stranger: { email: "stranger@example.org", email_verified: true },
};

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "alongside",
        client_secret: "client-secret",
        redirect_uris: ["https://localhost/sign-in/provider/callback"],
      },
    ],
    claims: { openid: ["sub"], email: ["email", "email_verified"] },
    findAccount: (context, subject) => ({
      accountId: subject,
      claims: () => ({ sub: subject, ...CLAIMS[subject] }),
    }),
  });
  server.on("request", provider.callback());
  console.log(issuer);
});
