import type { Module } from "../module.ts";
import type { Uia } from "../user-interactive-authentication/index.ts";
import { add3PID } from "./add.endpoint.ts";
import { bind3PID } from "./bind.endpoint.ts";
import { getConfirm, postConfirm } from "./confirm.endpoint.ts";
import { delete3pidFromAccount } from "./delete.endpoint.ts";
import type { IdentifierParts } from "./parts.ts";
import { requestTokenEndpoints } from "./request-token.endpoint.ts";
import { postSubmitToken, submitPath } from "./submit-token.endpoint.ts";
import { getAccount3PIDs, post3PIDs } from "./third-party-identifiers.endpoint.ts";
import type { IdentifierPolicy } from "./token-requests.ts";
import { unbind3pidFromAccount } from "./unbind.endpoint.ts";

export { canonicalEmail, type Identifier, type Medium } from "./address.ts";
export type { Bindings, UnbindResult } from "./bindings.ts";
export type { Identifiers, NamedByIdentifier } from "./identifiers.ts";
export { createIdentifierParts, type IdentifierParts, type PartsNeeds } from "./parts.ts";
export { stageTypes, validatedIn } from "./stages.ts";
export type { ValidatedIdentifier, Validations } from "./validations.ts";

interface Needs {
  readonly parts: IdentifierParts;
  readonly uia: Pick<Uia, "require">;
  readonly publicBaseUrl: string | undefined;
  readonly config: {
    readonly email: { readonly confirmByOpening: boolean };
    readonly thirdPartyIdentifiers: IdentifierPolicy;
  };
}

/** E-mail addresses and telephone numbers of accounts. */
export function thirdPartyIdentifiers({ parts, uia, publicBaseUrl = "", config }: Needs): Module {
  const mayChange = config.thirdPartyIdentifiers.changes;
  const own = { ...parts, uia, mayChange, confirmByOpening: config.email.confirmByOpening };
  return {
    name: "third-party-identifiers",
    spec: [
      {
        section: "Adding account administrative contact information",
        link: "https://spec.matrix.org/v1.19/client-server-api/#adding-account-administrative-contact-information",
        status: "complete",
      },
    ],
    endpoints: [
      getAccount3PIDs(own),
      post3PIDs(own),
      add3PID(own),
      bind3PID(own),
      unbind3pidFromAccount(own),
      delete3pidFromAccount(own),
      ...requestTokenEndpoints({ ...parts, submitUrl: `${publicBaseUrl}${submitPath}` }),
      postSubmitToken(own),
      getConfirm(own),
      postConfirm(own),
    ],
    dispose: parts.dispose,
  };
}
