import type { Configuration } from "openid-client";
import type { Clock } from "../../clock.ts";
import type { SingleSignOnProvider } from "../../config/config.ts";
import { fetchWith } from "../../outgoing/fetch.ts";
import type { HttpClient } from "../../outgoing/request.ts";
import type { Identity } from "./sessions.store.ts";

/** How long what a provider says about itself is believed. */
const METADATA_LIFETIME_MS = 60 * 60 * 1000;

const REQUEST_TIMEOUT_MS = 10_000;

/** Read when somebody first logs in this way: most servers have no provider. */
const library = async (): Promise<typeof import("openid-client")> => await import("openid-client");

interface Needs {
  readonly provider: SingleSignOnProvider;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly callbackUrl: string;
}

/** What binds an answer of the provider to the request that it answers. */
export interface Binding {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** What somebody is sent to a provider for. */
export type Wish = "login" | "register" | "again";

/** A provider of identities, spoken with by OpenID Connect. */
export class Provider {
  readonly settings: SingleSignOnProvider;
  readonly #needs: Needs;
  #known: { readonly configuration: Promise<Configuration>; readonly until: number } | undefined;

  constructor(needs: Needs) {
    this.settings = needs.provider;
    this.#needs = needs;
  }

  /** Where the browser goes, for people who wish to log in, to register, or to log in again. @throws Error when the provider cannot be asked about itself */
  async loginUrl({ state, nonce, verifier }: Binding, wish: Wish): Promise<string> {
    const { buildAuthorizationUrl, calculatePKCECodeChallenge } = await library();
    const configuration = await this.#configuration();
    const challenge = await calculatePKCECodeChallenge(verifier);
    return buildAuthorizationUrl(configuration, {
      redirect_uri: this.#needs.callbackUrl,
      scope: this.settings.scopes.join(" "),
      code_challenge: challenge,
      code_challenge_method: "S256",
      state,
      nonce,
      ...promptFor(wish, configuration),
    }).href;
  }

  /**
   * Who the provider says has logged in. Signature, issuer, audience, times, nonce and state are checked by the library.
   * @param query of the callback, as it came
   * @throws Error when it is not an answer to what was asked, or the provider refuses
   */
  async identityOf(query: string, { state, nonce, verifier }: Binding): Promise<Identity> {
    const { authorizationCodeGrant, fetchUserInfo } = await library();
    const configuration = await this.#configuration();
    const tokens = await authorizationCodeGrant(configuration, new URL(`${this.#needs.callbackUrl}?${query}`), {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims === undefined) throw new Error("The provider gave no ID token");
    const more = configuration.serverMetadata().userinfo_endpoint
      ? await fetchUserInfo(configuration, tokens.access_token, claims.sub)
      : {};
    const told = new Map<string, unknown>(Object.entries({ ...more, ...claims }));
    return {
      provider: this.settings.id,
      subject: claims.sub,
      localpart: fill(this.settings.localpart, told),
      displayName: fill(this.settings.displayName, told).slice(0, 256),
      // What somebody merely says at the provider is not theirs: it would open accounts here by a new password.
      email: this.settings.email && told.get("email_verified") === true ? fill("{email}", told) : "",
    };
  }

  async #configuration(): Promise<Configuration> {
    const now = this.#needs.clock.now();
    if (this.#known && now < this.#known.until) return await this.#known.configuration;
    const configuration = this.#discover();
    this.#known = { configuration, until: now + METADATA_LIFETIME_MS };
    try {
      return await configuration;
    } catch (error) {
      this.#known = undefined;
      throw error;
    }
  }

  async #discover(): Promise<Configuration> {
    const { allowInsecureRequests, ClientSecretBasic, ClientSecretPost, customFetch, discovery, None } =
      await library();
    const { issuer, clientId, clientSecret, clientAuthentication } = this.settings;
    const allowsPlainHttp = issuer.startsWith("http:");
    const withSecret = clientAuthentication === "basic" ? ClientSecretBasic : ClientSecretPost;
    return await discovery(
      new URL(issuer),
      clientId,
      undefined,
      clientSecret === undefined ? None() : withSecret(clientSecret),
      {
        [customFetch]: fetchWith(this.#needs.http, { allowsPlainHttp, timeoutMs: REQUEST_TIMEOUT_MS }),
        // The operator wrote http: for a provider on the same machine or network.
        execute: allowsPlainHttp ? [allowInsecureRequests] : [],
      },
    );
  }
}

function promptFor(wish: Wish, configuration: Configuration): Readonly<Record<string, string>> {
  if (wish === "again") return { prompt: "login" };
  const prompts: unknown = configuration.serverMetadata()["prompt_values_supported"];
  const isKnown = wish === "register" && Array.isArray(prompts) && prompts.includes("create");
  return isKnown ? { prompt: "create" } : {};
}

/** A template with claims put in; empty when one of them is missing. What PostgreSQL cannot store is left out. */
function fill(template: string, claims: ReadonlyMap<string, unknown>): string {
  const names = [...template.matchAll(/\{([^{}]+)\}/g)].map(([, name = ""]) => name);
  if (names.some((name) => typeof claims.get(name) !== "string")) return "";
  return template.replaceAll(/\{([^{}]+)\}/g, (_, name: string) => String(claims.get(name))).replaceAll("\u0000", "");
}
