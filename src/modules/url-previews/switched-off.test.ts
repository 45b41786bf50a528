import assert from "node:assert/strict";
import { homeserverTests } from "../../../test/support/homeserver.ts";
import { refusalOf } from "./testing.ts";

const it = homeserverTests();

it("unless the operator wants previews there are none, and clients are told so", async (homeserver) => {
  const alice = await homeserver.register("alice");
  assert.equal(await refusalOf(alice, "https://example.org/"), "403 M_FORBIDDEN");
  const { capabilities } = await alice.get<{ capabilities: Record<string, unknown> }>("capabilities");
  assert.deepEqual(capabilities["io.element.msc4452.preview_url"], { enabled: false });
});
