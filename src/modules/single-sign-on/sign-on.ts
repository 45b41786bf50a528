/*
 * How single sign-on works. A client sends its user's browser to `…/login/sso/redirect`; from there it goes to the
 * provider with a state, a nonce and a PKCE challenge, and comes back to the callback. What was begun is a step in the
 * database, under the state, bound to the browser by a cookie, and used once. The callback finds the account of the
 * identity (or makes it, after asking for a name if need be), asks whether the client may have it unless the operator
 * trusts the client, and sends the browser back to the client with a login token. The stage of user-interactive
 * authentication goes the same way, and ends by completing the stage.
 */
import { Answer } from "../../http/endpoint.ts";
import { DatabaseUnavailable } from "../../store/sql.ts";
import type { LoginTokens } from "../login/index.ts";
import { donePage, type Uia } from "../user-interactive-authentication/index.ts";
import { newSecret, type Steps } from "./browser.ts";
import type { Found, IdentityAccounts } from "./accounts.ts";
import * as pages from "./pages.ts";
import type { Binding, Provider, Wish } from "./provider.ts";
import { isTrusted, withLoginToken } from "./redirect-url.ts";
import type { Identity, Purpose, Step } from "./sessions.store.ts";
import { type SsoStage, stageType } from "./stage.ts";

/** A browser follows the redirect at once; the text says about five seconds, networks of people are slower at times. */
const LOGIN_TOKEN_LIFETIME_MS = 30_000;

interface Parts {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly steps: Steps;
  readonly accounts: IdentityAccounts;
  readonly loginTokens: LoginTokens;
  readonly uia: Pick<Uia, "session" | "completeInBrowser">;
  readonly stage: SsoStage;
  readonly trustedClients: readonly string[];
  readonly serverName: string;
  /** Tells the operator what went wrong with a provider. */
  readonly warn: (provider: string, problem: string, error: unknown) => void;
}

/** What of a request is looked at: the browser's cookie. */
type Headers = { readonly cookie?: string | undefined };

type CallbackStep = Extract<Step, { readonly step: "callback" }>;

export class SignOn {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Sends the browser to the provider. */
  async begin(
    providerId: string,
    purpose: Purpose,
    { headers, wish }: { readonly headers: Headers; readonly wish: Wish },
  ): Promise<Answer> {
    const provider = this.#parts.providers.get(providerId);
    if (!provider) return pages.unknownProvider();
    const [state, nonce, verifier] = [newSecret(), newSecret(), newSecret()];
    try {
      const location = await provider.loginUrl({ state, nonce, verifier }, wish);
      const step = { step: "callback", provider: providerId, nonce, verifier, purpose } as const;
      const { cookie } = await this.#parts.steps.begin(headers, step, state);
      return redirect(location, cookie);
    } catch (error) {
      if (error instanceof DatabaseUnavailable) throw error;
      this.#parts.warn(providerId, "it cannot be asked", error);
      return pages.unreachable(provider.settings.name);
    }
  }

  /** The browser comes back. */
  async callback(query: string, headers: Headers): Promise<Answer> {
    const answer = new URLSearchParams(query);
    const state = answer.get("state") ?? "";
    const step = await this.#parts.steps.take(headers, state);
    const provider = step?.step === "callback" ? this.#parts.providers.get(step.provider) : undefined;
    if (step?.step !== "callback" || !provider) return pages.tooLate();
    if (answer.has("error")) return pages.refusedByProvider(provider.settings.name);
    const identity = await this.#identity(provider, query, { ...step, state });
    return identity
      ? await this.#arrived(step, { identity, provider, headers })
      : pages.notAccepted(provider.settings.name);
  }

  /** A name was chosen for the new account. */
  async name(ticket: string, name: string, headers: Headers): Promise<Answer> {
    const step = await this.#parts.steps.take(headers, ticket);
    if (step?.step !== "name") return pages.tooLate();
    return await this.#goOn(await this.#parts.accounts.make(step.identity, name), { ...step, headers, name });
  }

  /** Asks whether what a client wants to do is wanted, and at which provider to log in again. */
  async askAgain(session: string, headers: Headers): Promise<Answer> {
    const { uia, steps, providers } = this.#parts;
    const found = await uia.session(session);
    if (found?.userId === undefined) return pages.tooLate();
    if (found.completed.has(stageType)) return donePage();
    const ids = new Set(await this.#parts.accounts.providersOf(found.userId));
    const choices = [...providers.values()].map(({ settings }) => settings).filter(({ id }) => ids.has(id));
    if (choices.length === 0) return pages.noAccount();
    const { id, cookie } = await steps.begin(headers, { step: "authenticate", session });
    return pages.authenticatePage({ userId: found.userId, ticket: id, choices }, cookie);
  }

  /** It is wanted. The ticket shows that the question was seen. */
  async logInAgain(ticket: string, provider: string, headers: Headers): Promise<Answer> {
    const step = await this.#parts.steps.take(headers, ticket);
    if (step?.step !== "authenticate") return pages.tooLate();
    return await this.begin(provider, { kind: "uia", session: step.session }, { headers, wish: "again" });
  }

  /** The client may have the account. */
  async confirm(ticket: string, headers: Headers): Promise<Answer> {
    const step = await this.#parts.steps.take(headers, ticket);
    return step?.step === "confirm" ? await this.#backToClient(step) : pages.tooLate();
  }

  async #identity(provider: Provider, query: string, binding: Binding): Promise<Identity | undefined> {
    try {
      return await provider.identityOf(query, binding);
    } catch (error) {
      this.#parts.warn(provider.settings.id, "its answer was not accepted", error);
      return undefined;
    }
  }

  async #arrived(
    { purpose }: CallbackStep,
    { identity, provider, headers }: { identity: Identity; provider: Provider; headers: Headers },
  ): Promise<Answer> {
    if (purpose.kind === "uia") return await this.#authenticated(purpose.session, identity);
    const found = await this.#parts.accounts.findOrMake(identity, provider.settings);
    return await this.#goOn(found, { identity, redirectUrl: purpose.redirectUrl, headers, name: identity.localpart });
  }

  async #authenticated(sessionId: string, identity: Identity): Promise<Answer> {
    const session = await this.#parts.uia.session(sessionId);
    if (session?.userId === undefined) return pages.tooLate();
    if ((await this.#parts.accounts.userOf(identity)) !== session.userId) return pages.somebodyElse();
    const proof = this.#parts.stage.prove(session.userId);
    await this.#parts.uia.completeInBrowser(sessionId, stageType, { proof });
    return donePage();
  }

  async #goOn(
    found: Found,
    {
      identity,
      redirectUrl,
      headers,
      name,
    }: { identity: Identity; redirectUrl: string; headers: Headers; name: string },
  ): Promise<Answer> {
    const { steps, serverName, trustedClients } = this.#parts;
    switch (found.kind) {
      case "none":
        return pages.noAccount();
      case "ended":
        return pages.accountEnded();
      case "name": {
        const { id, cookie } = await steps.begin(headers, { step: "name", identity, redirectUrl });
        const { problem } = found;
        return pages.namePage({ serverName, name, ticket: id, ...(problem !== undefined && { problem }) }, cookie);
      }
      case "user": {
        const { userId } = found;
        if (isTrusted(redirectUrl, trustedClients)) return await this.#backToClient({ userId, redirectUrl });
        const { id, cookie } = await steps.begin(headers, { step: "confirm", userId, redirectUrl });
        return pages.confirmPage({ userId, redirectUrl, ticket: id }, cookie);
      }
      default:
        return found satisfies never;
    }
  }

  async #backToClient({ userId, redirectUrl }: { userId: string; redirectUrl: string }): Promise<Answer> {
    const token = await this.#parts.loginTokens.create(userId, LOGIN_TOKEN_LIFETIME_MS);
    return redirect(withLoginToken(redirectUrl, token));
  }
}

/** Never kept by caches: addresses and cookies are good for one person, once. */
const redirect = (location: string, headers: Readonly<Record<string, string>> = {}): Answer =>
  new Answer(302, "", { location, "cache-control": "no-store", "referrer-policy": "no-referrer", ...headers });
