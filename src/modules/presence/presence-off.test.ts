import assert from "node:assert/strict";
import { path, refusal } from "../../../test/support/client.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";

const it = homeserverTests({ presence: { enabled: false } });

it("without presence everybody is offline, and what clients say of it is accepted and forgotten", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const status = path`presence/${alice.userId}/status`;
  assert.deepEqual(await alice.put(status, { presence: "online", status_msg: "Here" }), {});
  assert.deepEqual(await alice.get(status), { presence: "offline" });
  assert.equal((await alice.sync({ set_presence: "online" })).presence, undefined);
  assert.equal(await refusal(bob.get(status)), "403 M_FORBIDDEN");
});
