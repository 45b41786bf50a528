import assert from "node:assert/strict";
import { test } from "node:test";
import { Type } from "typebox";
import { endpoint } from "./endpoint.ts";
import { createServerForTest } from "./testing.ts";

const whoami = endpoint({
  method: "GET",
  path: "/_matrix/client/v3/account/whoami",
  auth: "user-or-guest",
  limit: "none",
  params: Type.Object({}),
  handle: async ({ requester }) => ({ user_id: requester.userId, device_id: requester.deviceId }),
});

test("an endpoint answers JSON to who has a token", async () => {
  await using server = createServerForTest([whoami]);
  const answer = await server.inject({
    url: "/_matrix/client/v3/account/whoami",
    headers: { authorization: "Bearer alice" },
  });
  assert.equal(answer.statusCode, 200, answer.body);
  assert.deepEqual(answer.json(), { user_id: "@alice:test", device_id: "ALICE" });
});
