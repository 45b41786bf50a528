import type { Workload } from "../workload.ts";
import { withAndWithoutHashing } from "./hashing.ts";

const AT_ONCE = 8;

/** Accounts: a password hash each. */
export const register: Workload = {
  name: "register",
  description: `Accounts are made, ${AT_ONCE} at once, with the password hash of a server's defaults, and with one that costs nothing.`,

  async run(context) {
    return await withAndWithoutHashing(context, "register", async ({ accounts }) => {
      const worker = async (): Promise<void> => {
        await accounts.make();
      };
      return Array.from({ length: AT_ONCE }, () => worker);
    });
  },
};
