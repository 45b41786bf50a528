/** A real provider of identities, for tests: every login is that of the account that the test names. */
import { once } from "node:events";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

/** What the provider tells of an account. */
export type Claims = Readonly<Record<string, string>>;

export const clientId = "heddle";
export const clientSecret = "a secret between two programs";

/** A provider on loopback. Its pages ask for a name alone: who gives it is logged in and has consented. */
export class OpenIdProvider implements AsyncDisposable {
  readonly issuer: string;
  /** By the account's name, which is also its subject. */
  readonly accounts = new Map<string, Claims>();
  readonly #close: () => Promise<void>;

  private constructor(issuer: string, close: () => Promise<void>) {
    this.issuer = issuer;
    this.#close = close;
  }

  static async start(redirectUri: () => string): Promise<OpenIdProvider> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (typeof address !== "object" || address === null) throw new Error("The provider has no address");
    const self = new OpenIdProvider(`http://127.0.0.1:${address.port}`, async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    const provider = self.#provider(redirectUri());
    const answer = provider.callback();
    server.on("request", (request, response) => void answer(request, response));
    return self;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }

  #provider(redirectUri: string): Provider {
    return new Provider(this.issuer, {
      clients: [
        {
          client_id: clientId,
          client_secret: clientSecret,
          redirect_uris: [redirectUri],
          application_type: "web",
        },
      ],
      claims: {
        openid: ["sub"],
        profile: ["name", "preferred_username"],
        email: ["email", "email_verified"],
      },
      findAccount: (_context, name) => ({
        accountId: name,
        claims: async () => ({ sub: name, ...this.accounts.get(name) }),
      }),
    });
  }
}
