import { domainToASCII } from "node:url";
import { Type } from "typebox";
import { section } from "../section.ts";
import { durationSchema, parseDuration } from "../units.ts";

export type ThirdPartyIdentifiersConfig = {
  /** Whether users may add and remove identifiers. */
  readonly changes: boolean;
  /** Whether people who are not logged in are told which identifiers belong to accounts. */
  readonly tellAccounts: boolean;
  /** In lower case; `undefined` = all. */
  readonly emailDomains: ReadonlySet<string> | undefined;
  /** ISO 3166; `undefined` = all. */
  readonly phoneCountries: readonly string[] | undefined;
  /** Host names to which a confirmed address may lead on; `undefined` = all. */
  readonly nextLinkHosts: ReadonlySet<string> | undefined;
  readonly tokenLifetimeMs: number;
};

const list = (description: string, pattern: string, formName: string) =>
  Type.Union([Type.Null(), Type.Array(Type.String({ pattern, formName }))], { default: null, description });

export const thirdPartyIdentifiers = section({
  key: "third_party_identifiers",
  schema: Type.Object(
    {
      changes: Type.Boolean({
        default: true,
        description: "Whether users may add and remove e-mail addresses and telephone numbers (`m.3pid_changes`).",
      }),
      tell_accounts: Type.Boolean({
        default: false,
        description:
          "Whether whoever asks is told that an address belongs to an account, or to none. By default only the address is told, by a mail or text message to it.",
      }),
      email_domains: list(
        "The domains of e-mail addresses that are taken; `null`: all.",
        "^[^\\s@]+$",
        "a domain such as example.org",
      ),
      phone_countries: list(
        "The countries (`GB`) whose telephone numbers are taken; `null`: all. Text messages to some countries are dear.",
        "^[A-Z]{2}$",
        "a country in two capitals",
      ),
      next_link_hosts: list(
        "The hosts to which the page may lead that confirms an address (clients name a `next_link`); `null`: all.",
        "^[^\\s/@]+$",
        "a host such as app.example.org",
      ),
      token_lifetime: durationSchema("How long the link of a mail and the code of a text message are good for.", "1h"),
    },
    { additionalProperties: false, default: {}, description: "E-mail addresses and telephone numbers of accounts." },
  ),
  resolve: (written): ThirdPartyIdentifiersConfig => ({
    changes: written.changes,
    tellAccounts: written.tell_accounts,
    emailDomains: hosts(written.email_domains),
    phoneCountries: written.phone_countries ?? undefined,
    nextLinkHosts: hosts(written.next_link_hosts),
    tokenLifetimeMs: parseDuration(written.token_lifetime),
  }),
});

const hosts = (names: readonly string[] | null): ReadonlySet<string> | undefined =>
  names === null ? undefined : new Set(names.map((name) => domainToASCII(name) || name.toLowerCase()));
