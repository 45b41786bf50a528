import { type Static, Type } from "typebox";
import { optionalText } from "../optional-text.ts";
import { section } from "../section.ts";

/** A provider of identities, by OpenID Connect. */
export type SingleSignOnProvider = {
  readonly id: string;
  readonly name: string;
  /** `mxc:` URI. */
  readonly icon: string | undefined;
  readonly brand: string | undefined;
  readonly issuer: string;
  readonly clientId: string;
  /** `undefined` for a public client. */
  readonly clientSecret: string | undefined;
  /** How the client says its secret. */
  readonly clientAuthentication: "basic" | "post";
  readonly scopes: readonly string[];
  /** Templates with claims in braces. */
  readonly localpart: string;
  readonly displayName: string;
  /** Whether new accounts get the e-mail address that the provider has verified. */
  readonly email: boolean;
  /** Whether an account that has the mapped name already belongs to whoever the provider says has it. */
  readonly existingAccounts: boolean;
  /** Whether accounts are made for people who have none. */
  readonly registration: boolean;
};

export type SingleSignOnConfig = {
  /** Empty = there is no single sign-on. */
  readonly providers: readonly SingleSignOnProvider[];
  /** URLs of clients to which people are sent back without being asked. */
  readonly trustedClients: readonly string[];
};

const provider = Type.Object(
  {
    id: Type.String({
      pattern: "^[a-zA-Z0-9._~-]{1,255}$",
      formName: "letters, digits and ._~-",
      description: "A name for clients and for the database; never to be changed.",
    }),
    name: Type.String({ minLength: 1, description: "What people read on the button." }),
    icon: Type.Union([Type.Null(), Type.String({ pattern: "^mxc://.+/.+$" })], {
      default: null,
      description: "A picture for the button, as an `mxc:` URI.",
    }),
    brand: optionalText("A name by which clients know a common provider: `github`, `google`."),
    issuer: Type.String({
      pattern: "^https?://.+$",
      formName: "a URL",
      description: "The issuer's URL, from which all others are discovered.",
    }),
    client_id: Type.String({ minLength: 1, description: "What the provider calls this server." }),
    client_secret: optionalText("The secret that goes with it; `null` for a public client."),
    client_authentication: Type.Union([Type.Literal("basic"), Type.Literal("post")], {
      default: "basic",
      description: "Whether the secret is told in a header (`basic`) or in the form (`post`).",
    }),
    scopes: Type.Array(Type.String({ minLength: 1 }), {
      default: ["openid", "profile"],
      description: "What the provider is asked to tell; `openid` must be among them.",
    }),
    localpart: Type.String({
      default: "{preferred_username}",
      description:
        "What new accounts are called: a template with the provider's claims in braces. Empty: people choose.",
    }),
    display_name: Type.String({
      default: "{name}",
      description: "The display name of new accounts, by a template like that of `localpart`.",
    }),
    email: Type.Boolean({
      default: false,
      description:
        "Whether new accounts get the e-mail address of the provider, when it says that it has verified it (claims `email` and `email_verified`, usually of the scope `email`).",
    }),
    existing_accounts: Type.Boolean({
      default: false,
      description: "Whether who has the mapped name at the provider gets the account that has this name already.",
    }),
    registration: Type.Boolean({ default: true, description: "Whether accounts are made for people who have none." }),
  },
  { additionalProperties: false },
);

export const singleSignOn = section({
  key: "single_sign_on",
  schema: Type.Object(
    {
      providers: Type.Array(provider, {
        default: [],
        description: "Providers of identities, by OpenID Connect. They need `public_base_url`.",
      }),
      trusted_clients: Type.Array(Type.String({ pattern: "^[a-zA-Z][a-zA-Z0-9+.-]*:.+$", formName: "a URL" }), {
        default: [],
        description:
          "URLs of clients to which people are sent back without being asked: a URL stands for all below it. `[]`: everybody is asked.",
      }),
    },
    { additionalProperties: false, default: {}, description: "Logging in at another provider of identities." },
  ),
  resolve: (written, { problem }): SingleSignOnConfig => {
    const ids = written.providers.map(({ id }) => id);
    for (const [index, { id, scopes }] of written.providers.entries()) {
      if (ids.indexOf(id) !== index) problem(["providers", String(index), "id"], "is the id of another provider too");
      if (!scopes.includes("openid")) problem(["providers", String(index), "scopes"], "must have `openid` among them");
    }
    return { providers: written.providers.map(toProvider), trustedClients: written.trusted_clients };
  },
});

const toProvider = (written: Static<typeof provider>): SingleSignOnProvider => ({
  id: written.id,
  name: written.name,
  icon: written.icon ?? undefined,
  brand: written.brand ?? undefined,
  issuer: written.issuer,
  clientId: written.client_id,
  clientSecret: written.client_secret ?? undefined,
  clientAuthentication: written.client_authentication,
  scopes: written.scopes,
  localpart: written.localpart,
  displayName: written.display_name,
  email: written.email,
  existingAccounts: written.existing_accounts,
  registration: written.registration,
});
