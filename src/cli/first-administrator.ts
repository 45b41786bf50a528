import type { Config } from "../config/config.ts";
import { withAccounts } from "./open-accounts.ts";
import { generatePassword } from "./password.ts";

/** The account that the first start makes; its password is not kept in readable form. */
export type FirstAdministrator = { readonly userId: string; readonly password: string };

/** Makes the administrator of a server that has no account yet; `undefined` when it has. */
export async function makeFirstAdministrator(config: Config): Promise<FirstAdministrator | undefined> {
  return await withAccounts(config, async (accounts) => {
    const [existing] = await accounts.list("", 1);
    if (existing !== undefined) return undefined;
    const administrator = { userId: `@admin:${config.serverName}`, password: generatePassword() };
    await accounts.create({ ...administrator, isAdmin: true });
    return administrator;
  });
}
