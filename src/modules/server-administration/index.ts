import type { Users } from "../../engine/users/users.ts";
import type { Module } from "../module.ts";
import { getAdminLockUser, setAdminLockUser } from "./lock.endpoint.ts";
import { getAdminSuspendUser, setAdminSuspendUser } from "./suspend.endpoint.ts";
import { getWhoIs } from "./whois.endpoint.ts";

interface Needs {
  readonly users: Pick<Users, "accounts" | "devices">;
  readonly serverName: string;
}

/** What administrators learn of accounts and do with them. */
export const serverAdministration = (needs: Needs): Module => ({
  name: "server-administration",
  spec: [
    {
      section: "Server Administration",
      link: "https://spec.matrix.org/v1.19/client-server-api/#server-administration",
      status: "complete",
    },
    {
      section: "Account moderation",
      link: "https://spec.matrix.org/v1.19/client-server-api/#account-moderation",
      status: "complete",
    },
  ],
  endpoints: [
    getWhoIs(needs.users),
    getAdminLockUser(needs),
    setAdminLockUser(needs),
    getAdminSuspendUser(needs),
    setAdminSuspendUser(needs),
  ],
  features: ["uk.timedout.msc4323", "uk.timedout.msc4323.stable"],
});
