import { perSecond, runLoad } from "../load.ts";
import { login as loginAs } from "../registration.ts";
import type { Workload } from "../workload.ts";

const AT_ONCE = 8;

/** Sessions: a password check each. */
export const login: Workload = {
  name: "login",
  description: `${AT_ONCE} users log in again and again, with the password hash of a server's defaults.`,

  async run(context) {
    const users = await context.accounts.shared(AT_ONCE);
    const workers = users.map((user) => async () => {
      await loginAs(context.client, user.userId);
    });
    return [
      perSecond("login", `login, ${AT_ONCE} at once`, await runLoad(context, workers, { seconds: context.seconds })),
    ];
  },
};
