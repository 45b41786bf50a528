import type { Logger } from "pino";
import type { Clock } from "../../clock.ts";
import type { Config } from "../../config/config.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import type { Users } from "../../engine/users/users.ts";
import type { Limiter } from "../../http/rate-limits.ts";
import { createMailer, type Mailer } from "../../mail/mailer.ts";
import { createTranslations, type Translations } from "../../mail/texts.ts";
import type { HttpClient } from "../../outgoing/request.ts";
import type { SigningKey } from "../../protocol/signing/crypto.ts";
import { createSmsSender } from "../../sms/gateway.ts";
import type { Sql } from "../../store/sql.ts";
import type { Stage } from "../user-interactive-authentication/index.ts";
import type { Medium } from "./address.ts";
import { type Bindings, createBindings } from "./bindings.ts";
import { createChannels } from "./channels.ts";
import { confirmPath } from "./confirm.endpoint.ts";
import { createIdentifiers, type Identifiers } from "./identifiers.ts";
import { createIdentityServers } from "./identity-server.ts";
import { identifierStages } from "./stages.ts";
import { type RequestToken, tokenRequests } from "./token-requests.ts";
import { createValidations, type Validations } from "./validations.ts";

/** What identifiers are made from. */
export interface PartsNeeds {
  readonly sql: Sql;
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
  readonly clock: Clock;
  readonly users: Pick<Users, "accounts">;
  readonly limiter: Pick<Limiter, "require">;
  readonly logger: Logger;
  readonly serverName: string;
  /** There whenever there is a mail server or a gateway. */
  readonly publicBaseUrl: string | undefined;
  readonly signingKey: SigningKey;
  readonly outgoing: { readonly public: HttpClient; readonly operator: HttpClient };
  readonly config: Pick<Config, "registration" | "email" | "sms" | "thirdPartyIdentifiers" | "identityServers">;
}

/** What other modules use of identifiers, and this module's endpoints. */
export interface IdentifierParts {
  readonly identifiers: Identifiers;
  readonly validations: Validations;
  readonly bindings: Bindings;
  readonly requestToken: RequestToken;
  readonly translations: Translations;
  readonly serviceName: string;
  /** For user-interactive authentication: they take sessions for registration and for new passwords. */
  readonly stages: readonly Stage[];
  /** The media that can be validated here. */
  readonly media: readonly Medium[];
  readonly dispose: () => Promise<void>;
}

export function createIdentifierParts(needs: PartsNeeds): IdentifierParts {
  const { config, logger, outgoing, serverName, publicBaseUrl = "" } = needs;
  const { email, thirdPartyIdentifiers, sms } = config;
  const { tokenLifetimeMs } = thirdPartyIdentifiers;
  const serviceName = email.serviceName ?? serverName;
  const mailer: Mailer | undefined =
    email.server && createMailer(email.server, { logger: logger.child({ module: "mail" }) });
  const smsLogger = logger.child({ module: "sms" });
  const smsSender = sms.gateway && createSmsSender(sms.gateway, { http: outgoing.operator, logger: smsLogger });
  const identifiers = createIdentifiers(needs);
  const validations = createValidations({ ...needs, tokenLifetimeMs });
  const translations = createTranslations(email.texts, email.language);
  const ways = { mailer, smsSender, translations, layout: email.layout, serviceName, tokenLifetimeMs };
  const channels = createChannels({ ...ways, confirmUrl: `${publicBaseUrl}${confirmPath}` });
  const requestToken = tokenRequests({
    ...needs,
    validations,
    identifiers,
    channels,
    policy: thirdPartyIdentifiers,
    mayRegister: config.registration.mode !== "closed",
  });
  const identityServers = createIdentityServers({ ...needs, ...config.identityServers, http: outgoing.public });
  return {
    identifiers,
    validations,
    bindings: createBindings({ ...needs, identifiers, identityServers }),
    requestToken,
    translations,
    serviceName,
    stages: identifierStages({ ...needs, validations, identifiers, requestToken }),
    media: (["email", "msisdn"] as const).filter((medium) => channels.has(medium)),
    dispose: async () => await mailer?.close(),
  };
}
