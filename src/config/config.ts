/**
 * The configuration as the program sees it: parsed once at start, complete (every default filled in), absolute paths,
 * milliseconds and bytes as numbers, frozen. How the file's keys become this: `sections/`, one file per section.
 */
import type { CaptchaConfig } from "./sections/captcha.ts";
import type { DatabaseConfig } from "./sections/database.ts";
import type { DiscoveryConfig } from "./sections/discovery.ts";
import type { EmailConfig } from "./sections/email.ts";
import type { FederationConfig } from "./sections/federation.ts";
import type { IdentityServersConfig } from "./sections/identity-servers.ts";
import type { ListenerConfig } from "./sections/listeners.ts";
import type { LogConfig } from "./sections/log.ts";
import type { LoginTokensConfig } from "./sections/login-tokens.ts";
import type { MediaConfig } from "./sections/media.ts";
import type { PasswordsConfig } from "./sections/passwords.ts";
import type { PresenceConfig } from "./sections/presence.ts";
import type { ServerNoticesConfig } from "./sections/server-notices.ts";
import type { SingleSignOnConfig } from "./sections/single-sign-on.ts";
import type { SmsConfig } from "./sections/sms.ts";
import type { ThirdPartyIdentifiersConfig } from "./sections/third-party-identifiers.ts";
import type { TermsConfig } from "./sections/terms.ts";
import type { TurnConfig } from "./sections/turn.ts";
import type { RateLimits } from "../http/rate-limits.ts";
import type { RegistrationConfig } from "./sections/registration.ts";
import type { RoomVersionName } from "./sections/default-room-version.ts";

export type { CaptchaConfig, CaptchaService } from "./sections/captcha.ts";
export type { DatabaseConfig } from "./sections/database.ts";
export type { DiscoveryConfig } from "./sections/discovery.ts";
export type { EmailConfig } from "./sections/email.ts";
export type { FederationConfig } from "./sections/federation.ts";
export type { IdentityServersConfig } from "./sections/identity-servers.ts";
export type { ListenerConfig, TlsConfig } from "./sections/listeners.ts";
export type { LogConfig } from "./sections/log.ts";
export type { LoginTokensConfig } from "./sections/login-tokens.ts";
export type { MediaConfig } from "./sections/media.ts";
export type { PasswordsConfig } from "./sections/passwords.ts";
export type { PresenceConfig } from "./sections/presence.ts";
export type { RegistrationConfig } from "./sections/registration.ts";
export type { ServerNoticesConfig } from "./sections/server-notices.ts";
export type { SingleSignOnConfig, SingleSignOnProvider } from "./sections/single-sign-on.ts";
export type { SmsConfig } from "./sections/sms.ts";
export type { ThirdPartyIdentifiersConfig } from "./sections/third-party-identifiers.ts";
export type { TermsConfig } from "./sections/terms.ts";
export type { TurnConfig } from "./sections/turn.ts";
export type { RoomVersionName } from "./sections/default-room-version.ts";

export interface Config {
  /** The name after the colon of the users' identifiers; never changes in the life of a server. */
  readonly serverName: string;
  /** Absolute path of the folder of the SQLite file, the media and the signing key. */
  readonly dataDir: string;
  /** Where clients reach this server, without a slash at the end; `undefined` when the operator did not say. */
  readonly publicBaseUrl: string | undefined;
  readonly discovery: DiscoveryConfig;
  readonly database: DatabaseConfig;
  readonly defaultRoomVersion: RoomVersionName;
  /** Absolute path; the file is made on the first start when it is absent. */
  readonly signingKeyFile: string;
  /** At least one. */
  readonly listeners: readonly ListenerConfig[];
  readonly registration: RegistrationConfig;
  readonly terms: TermsConfig;
  readonly captcha: CaptchaConfig;
  readonly media: MediaConfig;
  readonly presence: PresenceConfig;
  readonly turn: TurnConfig;
  readonly email: EmailConfig;
  readonly sms: SmsConfig;
  readonly thirdPartyIdentifiers: ThirdPartyIdentifiersConfig;
  readonly identityServers: IdentityServersConfig;
  readonly serverNotices: ServerNoticesConfig;
  readonly federation: FederationConfig;
  readonly rateLimits: RateLimits;
  readonly passwords: PasswordsConfig;
  readonly loginTokens: LoginTokensConfig;
  readonly singleSignOn: SingleSignOnConfig;
  readonly log: LogConfig;
}
