import type { InjectOptions, LightMyRequestResponse } from "fastify";
import { pino } from "pino";
import { parseConfig } from "../../src/config/parse.ts";
import { createUsersForTest } from "../../src/engine/users/testing.ts";
import { createLimiter, type RateLimitSettings } from "../../src/http/rate-limits.ts";
import { createServerForTest } from "../../src/http/testing.ts";
import { account } from "../../src/modules/account/index.ts";
import { accountData, createAccountData } from "../../src/modules/account-data/index.ts";
import { devices } from "../../src/modules/devices/index.ts";
import { createFilters, filter } from "../../src/modules/filter/index.ts";
import { createLoginTokens, login, namedInAuth } from "../../src/modules/login/index.ts";
import { createProfiles, profile } from "../../src/modules/profile/index.ts";
import {
  createRegistrationTokens,
  newAccounts,
  registration,
  registrationTokenStage,
} from "../../src/modules/registration/index.ts";
import { createIdentifierParts } from "../../src/modules/third-party-identifiers/index.ts";
import { serverDiscovery } from "../../src/modules/server-discovery/index.ts";
import { sharedSecretRegistration } from "../../src/modules/shared-secret-registration/index.ts";
import { createUia, dummyStage, passwordStage } from "../../src/modules/user-interactive-authentication/index.ts";
import type { HttpClient } from "../../src/outgoing/request.ts";
import type { JsonObject } from "../../src/protocol/json/json.ts";
import { makeSigningKey } from "../../src/protocol/signing/crypto.ts";
import type { Database } from "../../src/store/sql.ts";

/** How the server of a test is configured; what is absent is open, unlimited and has nothing. */
export interface AccountsOptions {
  readonly mode?: "closed" | "token" | "open";
  readonly guests?: boolean;
  readonly tokens?: readonly string[];
  readonly sharedSecret?: string;
  readonly publicBaseUrl?: string;
  readonly rateLimits?: RateLimitSettings;
  readonly loginTokens?: boolean;
  readonly isExclusive?: (userId: string) => boolean;
}

/** A request: who asks (an access token), and what. */
export interface Asked {
  readonly token?: string;
  readonly body?: object;
}

/** A server with the modules that need accounts and no rooms, over a real database. Its name is `test`. */
export async function startAccounts(database: Database, options: AccountsOptions = {}) {
  const parts = await createUsersForTest(database);
  const { users, clock } = parts;
  const serverName = "test";
  const publicBaseUrl = options.publicBaseUrl;
  const limiter = createLimiter(options.rateLimits ?? "off", clock);
  const tokens = createRegistrationTokens({ ...parts, configured: options.tokens ?? [] });
  const accounts = newAccounts({ users, serverName, ...(options.isExclusive && { isExclusive: options.isExclusive }) });
  const checkPassword = users.accounts.checkPassword.bind(users.accounts);
  const identifierParts = createIdentifierParts({
    ...parts,
    serverName,
    publicBaseUrl,
    limiter,
    logger: pino({ level: "silent" }),
    signingKey: makeSigningKey(new Uint8Array(32), "ed25519:1"),
    outgoing: { public: nobody, operator: nobody },
    config: parseConfig(`server_name: ${serverName}`, { file: "test.yaml", folder: "/", environment: {} }),
  });
  const namedIn = async (auth: JsonObject) => await namedInAuth(auth, { serverName, ...identifierParts });
  const stages = [dummyStage, passwordStage({ namedIn, limiter, checkPassword }), registrationTokenStage(tokens)];
  const uia = createUia({ ...parts, stages });
  const profiles = createProfiles(parts);
  const data = createAccountData(parts);
  const renamed: string[] = [];
  const left: string[] = [];
  const loginTokensConfig = { fromSessions: options.loginTokens ?? false, lifetimeMs: 120_000 };
  const loginTokens = createLoginTokens(parts);
  const needs = { ...parts, serverName, publicBaseUrl, limiter, accounts, tokens, uia, ...identifierParts };
  const modules = [
    registration({
      ...needs,
      config: { mode: "open", guests: false, flows: undefined, hasCaptcha: false, hasTerms: false, ...options },
    }),
    login({ ...needs, loginTokens, config: loginTokensConfig, identityProviders: [] }),
    devices(needs),
    account({ ...needs, onDeactivated: async (userId) => void left.push(userId) }),
    filter({ filters: createFilters(parts) }),
    sharedSecretRegistration({ ...needs, sharedSecret: options.sharedSecret }),
    accountData({ accountData: data }),
    profile({
      ...needs,
      profiles,
      exists: async (userId) => (await users.accounts.get(userId)) !== undefined,
      onChanged: async (userId) => void renamed.push(userId),
    }),
    serverDiscovery({
      config: {
        publicBaseUrl,
        defaultRoomVersion: "10",
        listeners: [{ serve: ["client", "federation"] }],
        federation: { enabled: true },
      },
      roomVersions: ["9", "10"],
      givesLoginTokens: loginTokensConfig.fromSessions,
    }),
  ];
  const server = createServerForTest(
    modules.flatMap(({ endpoints }) => endpoints),
    { authenticate: (token, origin) => users.authenticate(token, origin), limiter },
  );

  /** `ask("PUT /_matrix/…", …)`; paths that begin with a letter are of the client API v3. */
  async function ask(what: string, { token, body }: Asked = {}): Promise<LightMyRequestResponse> {
    const [method = "", path = ""] = what.split(" ");
    const url = path.startsWith("/") ? path : `/_matrix/client/v3/${path}`;
    const request: InjectOptions = { method, url };
    if (token !== undefined) request.headers = { authorization: `Bearer ${token}` };
    if (body !== undefined) request.payload = body;
    return await server.inject(request);
  }

  /** An account with a session, made without HTTP. Its password is `correct horse`. */
  async function join(localpart: string, isGuest = false) {
    const userId = `@${localpart}:${serverName}`;
    await users.accounts.create({ userId, password: "correct horse", isGuest });
    const { accessToken: token, deviceId } = await users.sessions.start({ userId });
    return { userId, token, deviceId };
  }

  return { ...parts, loginTokens, limiter, server, ask, join, uia, data, profiles, renamed, left };
}

/** These servers ask no others. */
const nobody: HttpClient = { request: async () => await Promise.reject(new Error("No other server is expected")) };

/** Status and errcode of an answer: what tests of refusals assert. */
export const refusalOf = (answer: LightMyRequestResponse): string => `${answer.statusCode} ${answer.json().errcode}`;
