import assert from "node:assert/strict";
import { refusal } from "../../../test/support/client.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";

const it = homeserverTests();

it("there are no networks", async (homeserver) => {
  const alice = await homeserver.register("alice");
  assert.deepEqual(await alice.get("thirdparty/protocols"), {});
  assert.deepEqual(await alice.get("/_matrix/client/r0/thirdparty/protocols"), {});
});

it("a network that nobody knows is not found, and nobody and nothing in one", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const [place, user] = ["location?alias=%23a%3Atest", "user?userid=%40a%3Atest"];
  for (const asked of ["protocol/irc", "location/irc?channel=%23a", "user/irc?nickname=a", place, user]) {
    assert.equal(await refusal(alice.get(`thirdparty/${asked}`)), "404 M_NOT_FOUND", asked);
  }
});

it("asking for nobody, or without a session, is refused", async (homeserver) => {
  const alice = await homeserver.register("alice");
  assert.equal(await refusal(alice.get("thirdparty/location")), "400 M_MISSING_PARAM");
  assert.equal(await refusal(alice.get("thirdparty/user")), "400 M_MISSING_PARAM");
  await alice.post("logout");
  for (const place of ["protocols", "protocol/irc", "location/irc", "user/irc", "location?alias=a", "user?userid=a"]) {
    assert.equal(await refusal(alice.get(`thirdparty/${place}`)), "401 M_UNKNOWN_TOKEN", place);
  }
});
