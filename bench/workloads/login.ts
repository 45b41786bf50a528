import { login as loginAs } from "../registration.ts";
import type { Workload } from "../workload.ts";
import { withAndWithoutHashing } from "./hashing.ts";

const AT_ONCE = 8;

/** Sessions: a password check each. */
export const login: Workload = {
  name: "login",
  description: `${AT_ONCE} users log in again and again, with the password hash of a server's defaults, and with one that costs nothing.`,

  async run(context) {
    return await withAndWithoutHashing(context, "login", async ({ accounts, client }) => {
      const users = await accounts.shared(AT_ONCE);
      return users.map((user) => async () => {
        await loginAs(client, user.userId);
      });
    });
  },
};
