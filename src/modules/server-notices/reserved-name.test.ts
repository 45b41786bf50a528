import assert from "node:assert/strict";
import { refusal } from "../../../test/support/client.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";

const it = homeserverTests({ server_notices: { user: "office" } });

it("nobody registers under the name of the sender", async (homeserver) => {
  const anonymous = homeserver.anonymous();
  const register = async (username: string): Promise<string> =>
    await refusal(anonymous.post("register", { username, password: "correct horse", auth: { type: "m.login.dummy" } }));
  assert.equal(await register("office"), "400 M_EXCLUSIVE");
  assert.equal(await register("server-notices"), "allowed", "the name of the default is not in use");
});
