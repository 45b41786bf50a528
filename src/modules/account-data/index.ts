import type { Module } from "../module.ts";
import { getAccountData, setAccountData } from "./account-data.endpoint.ts";
import { accountDataSection } from "./account-data.sync.ts";
import type { AccountData } from "./account-data.ts";
import { getRoomAccountData, setRoomAccountData } from "./room-account-data.endpoint.ts";

export type { AccountDatum } from "./account-data.store.ts";
export { checkOwner, checkRoomId } from "./checks.ts";
export { type AccountData, type AccountDataChange, createAccountData, type NewDatum } from "./account-data.ts";
export { createIgnoredBy, type IgnoredBy, isIgnored, isIgnoredInvite } from "./ignored-users.ts";

/** What clients keep with an account, for themselves. */
export const accountData = (needs: { readonly accountData: AccountData }): Module => ({
  name: "account-data",
  spec: [
    {
      section: "Client config",
      link: "https://spec.matrix.org/v1.19/client-server-api/#client-config",
      status: "complete",
    },
    {
      section: "Ignoring users",
      link: "https://spec.matrix.org/v1.19/client-server-api/#ignoring-users",
      status: "complete",
    },
  ],
  endpoints: [
    getAccountData(needs.accountData),
    setAccountData(needs.accountData),
    getRoomAccountData(needs.accountData),
    setRoomAccountData(needs.accountData),
  ],
  sync: [accountDataSection(needs.accountData)],
});
