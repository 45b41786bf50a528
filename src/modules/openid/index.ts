import type { Users } from "../../engine/users/users.ts";
import type { Module } from "../module.ts";
import { deleteTokens } from "./openid-tokens.store.ts";
import { type RequestNeeds, requestOpenIdToken } from "./request-token.endpoint.ts";
import { exchangeOpenIdToken, type UserinfoNeeds } from "./userinfo.endpoint.ts";

/** Tokens by which users show other services who they are. */
export const openid = (needs: RequestNeeds & UserinfoNeeds & { readonly users: Pick<Users, "accounts"> }): Module => {
  needs.users.accounts.onDeactivation(deleteTokens);
  return {
    name: "openid",
    spec: [
      { section: "OpenID", link: "https://spec.matrix.org/v1.19/client-server-api/#openid", status: "complete" },
      {
        section: "OpenID (server-server)",
        link: "https://spec.matrix.org/v1.19/server-server-api/#openid",
        status: "complete",
      },
    ],
    endpoints: [requestOpenIdToken(needs), exchangeOpenIdToken(needs)],
  };
};
