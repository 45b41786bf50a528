import assert from "node:assert/strict";
import { refusalOf, startAccounts } from "../../../test/support/accounts.ts";
import { eachDatabase } from "../../../test/support/databases.ts";
import { recordAnswers } from "../../../test/support/recorder.ts";
import type { Change } from "../../bus/change.ts";

recordAnswers();

const roomId = encodeURIComponent("!room:test");

eachDatabase("global data and that of rooms are apart, and the latest counts", async (database) => {
  const { ask, join } = await startAccounts(database);
  const { token, userId } = await join("alice");
  const paths = [`user/${userId}/account_data/org.x`, `user/${userId}/rooms/${roomId}/account_data/org.x`];
  for (const [index, path] of paths.entries()) {
    assert.equal(refusalOf(await ask(`GET ${path}`, { token })), "404 M_NOT_FOUND");
    assert.deepEqual((await ask(`PUT ${path}`, { token, body: { index: -1 } })).json(), {});
    assert.deepEqual((await ask(`PUT ${path}`, { token, body: { index } })).json(), {});
  }
  for (const [index, path] of paths.entries())
    assert.deepEqual((await ask(`GET ${path}`, { token })).json(), { index });
});

eachDatabase("nobody reads or writes the data of others", async (database) => {
  const { ask, join } = await startAccounts(database);
  const { userId } = await join("alice");
  const { token } = await join("bob");
  for (const path of [`user/${userId}/account_data/org.x`, `user/${userId}/rooms/${roomId}/account_data/org.x`]) {
    assert.equal(refusalOf(await ask(`GET ${path}`, { token })), "403 M_FORBIDDEN");
    assert.equal(refusalOf(await ask(`PUT ${path}`, { token, body: {} })), "403 M_FORBIDDEN");
  }
});

eachDatabase("read markers and push rules are not written here", async (database) => {
  const { ask, join } = await startAccounts(database);
  const { token, userId } = await join("alice");
  for (const type of ["m.fully_read", "m.push_rules"]) {
    for (const place of ["", `/rooms/${roomId}`]) {
      const answer = await ask(`PUT user/${userId}${place}/account_data/${type}`, { token, body: {} });
      assert.equal(refusalOf(answer), "405 M_BAD_JSON");
    }
  }
});

eachDatabase("what is no object, and what is no room, are refused", async (database) => {
  const { ask, join } = await startAccounts(database);
  const { token, userId } = await join("alice");
  const list = await ask(`PUT user/${userId}/account_data/org.x`, { token, body: [1] });
  assert.equal(refusalOf(list), "400 M_BAD_JSON");
  const path = `user/${userId}/rooms/nowhere/account_data/org.x`;
  assert.equal(refusalOf(await ask(`PUT ${path}`, { token, body: {} })), "400 M_INVALID_PARAM");
  assert.equal(refusalOf(await ask(`GET ${path}`, { token })), "400 M_INVALID_PARAM");
});

eachDatabase("what is no type is refused, and names of prototypes are types", async (database) => {
  const { ask, join } = await startAccounts(database);
  const { token, userId } = await join("alice");
  for (const place of [`user/${userId}`, `user/${userId}/rooms/${roomId}`]) {
    for (const type of ["a%00b", "x".repeat(256)]) {
      const path = `${place}/account_data/${type}`;
      assert.equal(refusalOf(await ask(`PUT ${path}`, { token, body: {} })), "400 M_INVALID_PARAM", path);
      assert.equal(refusalOf(await ask(`GET ${path}`, { token })), "400 M_INVALID_PARAM", path);
    }
    for (const type of ["__proto__", "constructor"]) {
      const path = `${place}/account_data/${type}`;
      assert.equal(refusalOf(await ask(`GET ${path}`, { token })), "404 M_NOT_FOUND", path);
      assert.deepEqual((await ask(`PUT ${path}`, { token, body: { text: "\u0000" } })).json(), {});
      assert.deepEqual((await ask(`GET ${path}`, { token })).json(), { text: "\u0000" });
    }
  }
});

eachDatabase("data is never deleted by a request", async (database) => {
  const { ask, join } = await startAccounts(database);
  const { token, userId } = await join("alice");
  const path = `user/${userId}/account_data/org.x`;
  await ask(`PUT ${path}`, { token, body: { a: 1 } });
  assert.equal(refusalOf(await ask(`DELETE ${path}`, { token })), "405 M_UNRECOGNIZED");
  assert.deepEqual((await ask(`GET ${path}`, { token })).json(), { a: 1 });
});

eachDatabase("a change is published with its position once it is durable", async (database) => {
  const { data, bus } = await startAccounts(database);
  const changes: Change[] = [];
  bus.subscribe((announcement) => changes.push(...announcement.changes));
  await data.set({ userId: "@alice:test", type: "org.x", content: {} });
  await data.set({ userId: "@alice:test", roomId: "!room:test", type: "org.x", content: {} });
  const [first, second] = changes.map(({ position }) => position);
  assert.ok(first !== undefined && second !== undefined && first < second);
  assert.deepEqual(changes, [
    { kind: "account_data", position: first, userId: "@alice:test", type: "org.x" },
    { kind: "account_data", position: second, userId: "@alice:test", type: "org.x", roomId: "!room:test" },
  ]);
  const changed = await data.changedAfter("@alice:test", first);
  assert.deepEqual(
    changed.map((datum) => datum.roomId),
    ["!room:test"],
  );
});
