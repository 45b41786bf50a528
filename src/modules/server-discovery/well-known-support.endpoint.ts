import { Type } from "typebox";
import { endpoint } from "../../http/endpoint.ts";
import { notFound } from "../../http/errors.ts";

/** Whom people may ask about this server. */
export interface Support {
  readonly contacts: readonly {
    readonly role: string;
    readonly matrixId?: string;
    readonly emailAddress?: string;
  }[];
  readonly supportPage?: string;
}

/** @see https://spec.matrix.org/v1.19/client-server-api/#getwell-knownmatrixsupport */
export const getWellKnownSupport = ({ support }: { readonly support: Support | undefined }) =>
  endpoint({
    method: "GET",
    path: "/.well-known/matrix/support",
    auth: "none",
    limit: "none",
    params: Type.Object({}),

    async handle() {
      if (!support) throw notFound("The operator has named nobody to ask");
      const contacts = support.contacts.map(({ role, matrixId, emailAddress }) => ({
        role,
        ...(matrixId !== undefined && { matrix_id: matrixId }),
        ...(emailAddress !== undefined && { email_address: emailAddress }),
      }));
      return { contacts, ...(support.supportPage !== undefined && { support_page: support.supportPage }) };
    },
  });
