import type { Accounts } from "../engine/users/users.ts";

/** What the commands of `heddle user` do with accounts: in the database itself, or in the server that has it open. */
export type AccountAdministration = Pick<
  Accounts,
  "get" | "list" | "create" | "setPassword" | "setLocked" | "setSuspended" | "deactivate"
>;
