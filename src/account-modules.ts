/** How people get accounts, log in and show who they are: the modules that have this in common, put together. */
import type { Config } from "./config/config.ts";
import { account } from "./modules/account/index.ts";
import { createLoginTokens, login, namedInAuth } from "./modules/login/index.ts";
import type { Module } from "./modules/module.ts";
import {
  createRegistrationTokens,
  newAccounts,
  registration,
  registrationTokenStage,
} from "./modules/registration/index.ts";
import { sharedSecretRegistration } from "./modules/shared-secret-registration/index.ts";
import {
  hasIdentity,
  identityProviders,
  singleSignOn,
  singleSignOnStage,
  withSingleSignOn,
} from "./modules/single-sign-on/index.ts";
import { createIdentifierParts, thirdPartyIdentifiers } from "./modules/third-party-identifiers/index.ts";
import {
  captchaStage,
  createUia,
  dummyStage,
  passwordStage,
  type Stage,
  termsStage,
  type Uia,
  userInteractiveAuthentication,
  verifyingWith,
} from "./modules/user-interactive-authentication/index.ts";
import type { Parts } from "./modules.ts";
import type { Outgoing } from "./outgoing/outgoing.ts";

interface Wishes {
  /** Whether a user ID is kept for somebody, and is nobody's to register. */
  readonly isExclusive: (userId: string) => boolean;
  /** For new accounts that come with a name. */
  readonly setDisplayName: (userId: string, name: string) => Promise<void>;
}

/** The modules, and the authentication that other modules' endpoints require. */
export function createAccountModules(
  config: Config,
  parts: Parts,
  { isExclusive, setDisplayName }: Wishes,
): { readonly uia: Uia; readonly modules: readonly Module[] } {
  const { serverName, publicBaseUrl } = config;
  const { users, tours } = parts;
  const tokens = createRegistrationTokens({ ...parts, sql: parts.database, configured: config.registration.tokens });
  const needs = { ...parts, sql: parts.database, serverName, publicBaseUrl, tokens, setDisplayName };
  const accounts = newAccounts({ ...needs, isExclusive });
  const identifierParts = createIdentifierParts({ ...needs, config });
  const ssoStage = singleSignOnStage();
  const stages = [
    dummyStage,
    passwordStage({
      limiter: parts.limiter,
      namedIn: async (auth) => await namedInAuth(auth, { serverName, ...identifierParts }),
      checkPassword: async (userId, password) => await users.accounts.checkPassword(userId, password),
    }),
    registrationTokenStage(tokens),
    ...identifierParts.stages,
    termsStage(config.terms.policies),
    ...captchaStages(config.captcha, parts.outgoing),
    ssoStage,
  ];
  const hasProviders = config.singleSignOn.providers.length > 0;
  const uia = createUia({
    ...needs,
    stages,
    flowsFor: async (flows, userId) =>
      hasProviders && (await hasIdentity(needs.sql, userId)) ? withSingleSignOn(flows) : flows,
  });
  const shared = { ...needs, ...identifierParts, uia, accounts, loginTokens: createLoginTokens(needs) };
  const modules = [
    registration({ ...shared, config: registrationConfig(config) }),
    sharedSecretRegistration({ ...shared, sharedSecret: config.registration.sharedSecret }),
    login({ ...shared, config: config.loginTokens, identityProviders: identityProviders(config.singleSignOn) }),
    thirdPartyIdentifiers({ ...shared, config, parts: identifierParts }),
    userInteractiveAuthentication({ uia, stages }),
    singleSignOn({
      ...shared,
      newAccounts: accounts,
      stage: ssoStage,
      http: parts.outgoing.operator,
      config: config.singleSignOn,
    }),
    account({ ...shared, onDeactivated: async (userId) => await tours.firstRooms({ kind: "departure", userId }) }),
  ];
  return { uia, modules };
}

const registrationConfig = ({ registration: written, captcha, terms }: Config) => ({
  ...written,
  hasCaptcha: captcha.service !== undefined,
  hasTerms: Object.keys(terms.policies).length > 0,
});

function captchaStages({ service }: Config["captcha"], { operator }: Pick<Outgoing, "operator">): Stage[] {
  if (!service) return [];
  const { scriptUrl: script, ...rest } = service;
  return [captchaStage({ ...rest, script, verify: verifyingWith(operator, service) })];
}
