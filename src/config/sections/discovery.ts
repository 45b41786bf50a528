import { type Static, Type } from "typebox";
import { optionalText } from "../optional-text.ts";
import { isUserId } from "../../protocol/ids/ids.ts";
import { type ResolveContext, section } from "../section.ts";

/** Somebody whom people may ask. */
export type ContactConfig = {
  readonly role: string;
  readonly matrixId?: string;
  readonly emailAddress?: string;
};

export type DiscoveryConfig = {
  /** Where clients look for other people's Matrix IDs; `undefined` = nowhere. */
  readonly identityServer: string | undefined;
  /** Told to clients beside what the specification has. */
  readonly client: Readonly<Record<string, unknown>>;
  /** `undefined` = nobody is named. */
  readonly support: { readonly contacts: readonly ContactConfig[]; readonly supportPage?: string } | undefined;
};

const httpsUrl = (description: string, examples: readonly string[]) =>
  Type.Union([Type.Null(), Type.String({ pattern: "^https?://[^\\s]+$", formName: "an https:// URL" })], {
    default: null,
    description,
    examples,
  });

const contact = Type.Object(
  {
    role: Type.String({
      minLength: 1,
      default: "m.role.admin",
      description: "`m.role.admin`, `m.role.security`, or another role.",
    }),
    matrix_id: optionalText("The contact's user ID."),
    email_address: optionalText("The contact's e-mail address."),
  },
  { additionalProperties: false },
);

const OWN_MEMBERS = ["m.homeserver", "m.identity_server"];

export const discovery = section({
  key: "discovery",
  schema: Type.Object(
    {
      identity_server: httpsUrl(
        "The identity server that clients are told to use (`m.identity_server` of `/.well-known/matrix/client`); `null`: none.",
        ["https://vector.im"],
      ),
      client: Type.Record(Type.String(), Type.Unknown(), {
        default: {},
        description:
          "What `/.well-known/matrix/client` has besides, for clients that look for it: `io.element.e2ee`, `org.matrix.msc4143.rtc_foci`, `m.tile_server` and others, as they are.",
      }),
      contacts: Type.Array(contact, {
        default: [],
        description: "Whom people may ask about this server, for `/.well-known/matrix/support`.",
      }),
      support_page: httpsUrl("A page that helps people, for the same.", ["https://example.org/help"]),
    },
    {
      additionalProperties: false,
      default: {},
      description: "What clients and people find out about this server before they log in.",
    },
  ),
  resolve(written, context): DiscoveryConfig {
    checkMembers(written.client, context);
    const contacts = written.contacts.map((one, index) => contactOf(one, index, context));
    const supportPage = written.support_page ?? undefined;
    const hasSupport = contacts.length > 0 || supportPage !== undefined;
    return {
      identityServer: written.identity_server?.replace(/\/+$/, ""),
      client: written.client,
      support: hasSupport ? { contacts, ...(supportPage !== undefined && { supportPage }) } : undefined,
    };
  },
});

function checkMembers(client: Readonly<Record<string, unknown>>, { problem }: ResolveContext): void {
  for (const name of OWN_MEMBERS) {
    if (Object.hasOwn(client, name)) problem(["client", name], "is said by `public_base_url` and `identity_server`");
  }
}

function contactOf(
  { role, matrix_id: matrixId, email_address: emailAddress }: Static<typeof contact>,
  index: number,
  { problem }: ResolveContext,
): ContactConfig {
  if (matrixId === null && emailAddress === null) {
    problem(["contacts", String(index)], "needs a `matrix_id` or an `email_address`");
  }
  if (matrixId !== null && !isUserId(matrixId)) problem(["contacts", String(index), "matrix_id"], "is no user ID");
  return { role, ...(matrixId !== null && { matrixId }), ...(emailAddress !== null && { emailAddress }) };
}
