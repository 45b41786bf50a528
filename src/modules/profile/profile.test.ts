import assert from "node:assert/strict";
import { refusalOf, startAccounts } from "../../../test/support/accounts.ts";
import { eachDatabase } from "../../../test/support/databases.ts";
import { recordAnswers } from "../../../test/support/recorder.ts";

recordAnswers();

eachDatabase("a name and a picture are written by their owner and read by everybody", async (database) => {
  const { ask, join } = await startAccounts(database);
  const { token, userId } = await join("alice");
  const path = `profile/${userId}`;
  assert.deepEqual((await ask(`PUT ${path}/displayname`, { token, body: { displayname: "Alice" } })).json(), {});
  assert.deepEqual((await ask(`PUT ${path}/avatar_url`, { token, body: { avatar_url: "mxc://test/a" } })).json(), {});
  assert.deepEqual((await ask(`GET ${path}/displayname`)).json(), { displayname: "Alice" });
  assert.deepEqual((await ask(`GET ${path}/avatar_url`)).json(), { avatar_url: "mxc://test/a" });
  assert.deepEqual((await ask(`GET ${path}`)).json(), { avatar_url: "mxc://test/a", displayname: "Alice" });
});

eachDatabase("rooms learn of names and pictures, and only when they change", async (database) => {
  const { ask, join, renamed } = await startAccounts(database);
  const { token, userId } = await join("alice");
  const body = { displayname: "Alice", "org.field": 1 };
  await ask(`PUT profile/${userId}/displayname`, { token, body });
  await ask(`PUT profile/${userId}/displayname`, { token, body });
  await ask(`PUT profile/${userId}/org.field`, { token, body });
  assert.deepEqual(renamed, [userId]);
  await ask(`DELETE profile/${userId}/displayname`, { token });
  assert.deepEqual(renamed, [userId, userId]);
});

eachDatabase("a name that is set to nothing is gone", async (database) => {
  const { ask, join, profiles } = await startAccounts(database);
  const { token, userId } = await join("alice");
  for (const nothing of ["", null]) {
    await ask(`PUT profile/${userId}/displayname`, { token, body: { displayname: "Alice" } });
    assert.deepEqual(await profiles.getMember(userId), { displayname: "Alice" });
    await ask(`PUT profile/${userId}/displayname`, { token, body: { displayname: nothing } });
    assert.equal(refusalOf(await ask(`GET profile/${userId}/displayname`)), "404 M_NOT_FOUND");
  }
});

eachDatabase("nobody writes the profile of others", async (database) => {
  const { ask, join } = await startAccounts(database);
  const { userId } = await join("alice");
  const { token } = await join("bob");
  const answer = await ask(`PUT profile/${userId}/displayname`, { token, body: { displayname: "Alice" } });
  assert.equal(refusalOf(answer), "403 M_FORBIDDEN");
});

eachDatabase("a guest has a name and nothing else", async (database) => {
  const { ask, join } = await startAccounts(database);
  const { token, userId } = await join("1234", true);
  assert.deepEqual((await ask(`PUT profile/${userId}/displayname`, { token, body: { displayname: "G" } })).json(), {});
  const answer = await ask(`PUT profile/${userId}/avatar_url`, { token, body: { avatar_url: "mxc://test/a" } });
  assert.equal(refusalOf(answer), "403 M_GUEST_ACCESS_FORBIDDEN");
});

eachDatabase("users that are not there have no profile", async (database) => {
  const { ask, join } = await startAccounts(database);
  const { userId } = await join("alice");
  assert.deepEqual((await ask(`GET profile/${userId}`)).json(), {});
  for (const path of ["profile/@bob:test", "profile/@bob:elsewhere", `profile/${userId}/displayname`]) {
    assert.equal(refusalOf(await ask(`GET ${path}`)), "404 M_NOT_FOUND", path);
  }
  assert.equal(refusalOf(await ask("GET profile/bob")), "400 M_INVALID_PARAM");
});

eachDatabase("what a field may be has limits", async (database) => {
  const { ask, join } = await startAccounts(database);
  const { token, userId } = await join("alice");
  const put = async (name: string, value: unknown) =>
    refusalOf(await ask(`PUT profile/${userId}/${name}`, { token, body: { [name]: value } }));
  assert.equal(await put("displayname", 1), "400 M_INVALID_PARAM");
  assert.equal(await put("displayname", "x".repeat(257)), "400 M_INVALID_PARAM");
  assert.equal(await put("Capital", 1), "400 M_INVALID_PARAM");
  assert.equal(await put("x".repeat(256), 1), "400 M_KEY_TOO_LARGE");
  assert.equal(await put("org.large", "x".repeat(64 * 1024)), "400 M_PROFILE_TOO_LARGE");
  const missing = await ask(`PUT profile/${userId}/displayname`, { token, body: {} });
  assert.equal(refusalOf(missing), "400 M_MISSING_PARAM");
});

eachDatabase("any field is written, read and removed, also under the path from before v1.16", async (database) => {
  const { ask, join } = await startAccounts(database);
  const { token, userId } = await join("alice");
  const old = `/_matrix/client/unstable/uk.tcpip.msc4133/profile/${userId}`;
  const value = { deep: [1, null, "x"] };
  await ask(`PUT profile/${userId}/m.tz`, { token, body: { "m.tz": "Europe/Vienna" } });
  assert.deepEqual((await ask(`PUT ${old}/org.field`, { token, body: { "org.field": value } })).json(), {});
  assert.deepEqual((await ask(`GET profile/${userId}`)).json(), { "m.tz": "Europe/Vienna", "org.field": value });
  assert.deepEqual((await ask(`GET ${old}/m.tz`)).json(), { "m.tz": "Europe/Vienna" });
  assert.deepEqual((await ask(`DELETE ${old}/org.field`, { token })).json(), {});
  assert.equal(refusalOf(await ask(`GET profile/${userId}/org.field`)), "404 M_NOT_FOUND");
  assert.deepEqual((await ask(`DELETE profile/${userId}/org.field`, { token })).json(), {}, "is gone already");
});
