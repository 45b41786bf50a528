import { perSecond, runLoad } from "../load.ts";
import type { Workload } from "../workload.ts";

const AT_ONCE = 8;

/** Accounts: a password hash each. */
export const register: Workload = {
  name: "register",
  description: `Accounts are made, ${AT_ONCE} at once, with the password hash of a server's defaults.`,

  async run(context) {
    const worker = async (): Promise<void> => {
      await context.accounts.make();
    };
    const result = await runLoad(
      context,
      Array.from({ length: AT_ONCE }, () => worker),
      { seconds: context.seconds },
    );
    return [perSecond("register", `register, ${AT_ONCE} at once`, result)];
  },
};
