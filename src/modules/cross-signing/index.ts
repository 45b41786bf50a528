import type { Tx } from "../../engine/partitions/tx.ts";
import type { Users } from "../../engine/users/users.ts";
import type { Sql } from "../../store/sql.ts";
import type { Module } from "../module.ts";
import type { Uia } from "../user-interactive-authentication/index.ts";
import type { CrossSigningKeys } from "./cross-signing-keys.ts";
import { uploadCrossSigningKeys } from "./device-signing-upload.endpoint.ts";
import { uploadCrossSigningSignatures } from "./signatures-upload.endpoint.ts";

export { CrossSigningKeys } from "./cross-signing-keys.ts";

interface Needs {
  readonly sql: Sql;
  readonly users: Pick<Users, "accounts" | "devices">;
  readonly uia: Uia;
  readonly crossSigningKeys: CrossSigningKeys;
}

/** Keys by which users vouch for their devices and for each other. */
export const crossSigning = ({ crossSigningKeys: keys, ...needs }: Needs): Module => {
  needs.users.accounts.onDeactivation((tx: Tx, userId: string) => keys.deleteIn(tx, userId));
  return {
    name: "cross-signing",
    spec: [
      {
        section: "Cross-signing",
        link: "https://spec.matrix.org/v1.19/client-server-api/#cross-signing",
        status: "partial",
        missing: "keys and signatures of users of other servers",
      },
    ],
    features: ["org.matrix.e2e_cross_signing"],
    endpoints: [uploadCrossSigningKeys({ ...needs, keys }), uploadCrossSigningSignatures({ ...needs, keys })],
  };
};
