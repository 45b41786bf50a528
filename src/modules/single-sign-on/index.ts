import type { Logger } from "pino";
import type { Clock } from "../../clock.ts";
import type { SingleSignOnConfig } from "../../config/config.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import type { Users } from "../../engine/users/users.ts";
import type { HttpClient } from "../../outgoing/request.ts";
import type { Sql } from "../../store/sql.ts";
import type { IdentityProvider, LoginTokens } from "../login/index.ts";
import type { Module } from "../module.ts";
import type { NewAccounts } from "../registration/index.ts";
import type { Identifiers } from "../third-party-identifiers/index.ts";
import type { Uia } from "../user-interactive-authentication/index.ts";
import { IdentityAccounts } from "./accounts.ts";
import { Steps } from "./browser.ts";
import { callbackPath, getCallback } from "./callback.endpoint.ts";
import { getAuthenticate, postAuthenticate, postConfirm, postName } from "./forms.endpoint.ts";
import { Provider } from "./provider.ts";
import { describeProblem } from "./problem.ts";
import { getRedirect, getRedirectTo } from "./redirect.endpoint.ts";
import { readProvidersOf } from "./sessions.store.ts";
import { SignOn } from "./sign-on.ts";
import type { SsoStage } from "./stage.ts";

export { singleSignOnStage, withSingleSignOn } from "./stage.ts";

interface Needs {
  readonly sql: Sql;
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
  readonly clock: Clock;
  readonly users: { readonly accounts: Pick<Users["accounts"], "get" | "onDeactivation" | "onUnlink"> };
  readonly newAccounts: Pick<NewAccounts, "chooseUserId" | "create">;
  readonly identifiers: Pick<Identifiers, "add" | "ownerOf">;
  readonly setDisplayName: (userId: string, name: string) => Promise<void>;
  readonly loginTokens: LoginTokens;
  readonly uia: Pick<Uia, "session" | "completeInBrowser">;
  readonly stage: SsoStage;
  /** For URLs that the operator wrote. */
  readonly http: HttpClient;
  readonly config: SingleSignOnConfig;
  readonly serverName: string;
  /** There whenever there are providers. */
  readonly publicBaseUrl: string | undefined;
  readonly logger: Logger;
}

/** The configured providers as `GET /login` lists them. */
export const identityProviders = ({ providers }: SingleSignOnConfig): IdentityProvider[] =>
  providers.map(({ id, name, icon, brand }) => ({ id, name, ...(icon && { icon }), ...(brand && { brand }) }));

/** Whether the user can log in at a provider: then that authenticates as a password does. */
export const hasIdentity = async (sql: Sql, userId: string): Promise<boolean> =>
  (await readProvidersOf(sql, userId)).length > 0;

/** Logging in at another provider of identities, by OpenID Connect. */
export function singleSignOn(needs: Needs): Module {
  const { config, publicBaseUrl } = needs;
  const providers = providersOf(needs);
  const steps = new Steps({ ...needs, isSecure: publicBaseUrl?.startsWith("https:") ?? false });
  const accounts = new IdentityAccounts(needs);
  const logger = needs.logger.child({ module: "single-sign-on" });
  const warn = (provider: string, problem: string, error: unknown): void =>
    logger.warn({ provider, reason: describeProblem(error) }, problem);
  const signOn = new SignOn({ ...needs, warn, providers, steps, accounts, trustedClients: config.trustedClients });
  return {
    name: "single-sign-on",
    spec: [
      {
        section: "SSO client login/authentication",
        link: "https://spec.matrix.org/v1.19/client-server-api/#sso-client-loginauthentication",
        status: "complete",
      },
    ],
    endpoints: [
      getRedirect({ ...needs, signOn, providers }),
      getRedirectTo({ signOn }),
      getCallback(signOn),
      postConfirm(signOn),
      postName(signOn),
      getAuthenticate(signOn),
      postAuthenticate(signOn),
    ],
  };
}

function providersOf({ config, publicBaseUrl, http, clock }: Needs): ReadonlyMap<string, Provider> {
  const callbackUrl = `${publicBaseUrl}${callbackPath}`;
  return new Map(
    config.providers.map((provider) => [provider.id, new Provider({ provider, http, clock, callbackUrl })]),
  );
}
