import { type TObject, type TSchema, Type } from "typebox";
import type { Section } from "./section.ts";
import { captcha } from "./sections/captcha.ts";
import { database } from "./sections/database.ts";
import { dataDir } from "./sections/data-dir.ts";
import { defaultRoomVersion } from "./sections/default-room-version.ts";
import { discovery } from "./sections/discovery.ts";
import { email } from "./sections/email.ts";
import { federation } from "./sections/federation.ts";
import { identityServers } from "./sections/identity-servers.ts";
import { listeners } from "./sections/listeners.ts";
import { log } from "./sections/log.ts";
import { loginTokens } from "./sections/login-tokens.ts";
import { passwords } from "./sections/passwords.ts";
import { media } from "./sections/media.ts";
import { presence } from "./sections/presence.ts";
import { publicBaseUrl } from "./sections/public-base-url.ts";
import { rateLimits } from "./sections/rate-limits.ts";
import { registration } from "./sections/registration.ts";
import { serverName } from "./sections/server-name.ts";
import { serverNotices } from "./sections/server-notices.ts";
import { signingKeyFile } from "./sections/signing-key-file.ts";
import { singleSignOn } from "./sections/single-sign-on.ts";
import { sms } from "./sections/sms.ts";
import { thirdPartyIdentifiers } from "./sections/third-party-identifiers.ts";
import { terms } from "./sections/terms.ts";
import { turn } from "./sections/turn.ts";

/** Every section by its name in `Config`, in the order of the documentation. */
export const sections = {
  serverName,
  dataDir,
  publicBaseUrl,
  discovery,
  database,
  defaultRoomVersion,
  signingKeyFile,
  listeners,
  registration,
  terms,
  captcha,
  media,
  presence,
  turn,
  email,
  sms,
  thirdPartyIdentifiers,
  identityServers,
  serverNotices,
  federation,
  rateLimits,
  passwords,
  loginTokens,
  singleSignOn,
  log,
};

/** Keys of the planned configuration whose capability is not built: refused, lest an operator believe them to work. */
export const notSupportedYet: Readonly<Record<string, string>> = {
  application_services: "application services",
};

/** Key and schema of every section. */
export const sectionList: readonly Pick<Section<TSchema, unknown>, "key" | "schema">[] = Object.values(sections);

/** The whole file. */
export const fileSchema: TObject = Type.Object(
  Object.fromEntries(sectionList.map(({ key, schema }) => [key, schema])),
  { additionalProperties: false },
);
