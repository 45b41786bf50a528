import assert from "node:assert/strict";
import { refusalOf, startAccounts } from "../../../test/support/accounts.ts";
import { eachDatabase } from "../../../test/support/databases.ts";
import { recordAnswers } from "../../../test/support/recorder.ts";
import { createFilters } from "./filters.ts";

recordAnswers();

const filter = { room: { timeline: { limit: 10 } }, "org.example.unknown": { kept: true } };

eachDatabase("a filter is given back as it came, members that we do not know included", async (database) => {
  const { ask, join } = await startAccounts(database);
  const { token, userId } = await join("alice");
  const { filter_id: id } = (await ask(`POST user/${userId}/filter`, { token, body: filter })).json();
  assert.equal(id, "0");
  assert.deepEqual((await ask(`GET user/${userId}/filter/${id}`, { token })).json(), filter);
});

eachDatabase("IDs are counted for each user, and equal filters have one", async (database) => {
  const { ask, join } = await startAccounts(database);
  const [alice, bob] = [await join("alice"), await join("bob")];
  const add = async ({ token, userId }: { token: string; userId: string }, body: object) =>
    (await ask(`POST user/${userId}/filter`, { token, body })).json().filter_id;
  assert.deepEqual([await add(alice, filter), await add(alice, {}), await add(alice, filter)], ["0", "1", "0"]);
  assert.equal(await add(bob, filter), "0");
  const same = await Promise.all([1, 2, 3].map(async () => await add(bob, { presence: { types: [] } })));
  assert.deepEqual(same, ["1", "1", "1"]);
});

eachDatabase("nobody stores or sees filters of others", async (database) => {
  const { ask, join } = await startAccounts(database);
  const { userId } = await join("alice");
  const { token } = await join("bob");
  assert.equal(refusalOf(await ask(`POST user/${userId}/filter`, { token, body: filter })), "403 M_FORBIDDEN");
  assert.equal(refusalOf(await ask(`GET user/${userId}/filter/0`, { token })), "403 M_FORBIDDEN");
});

eachDatabase("what is no filter is M_BAD_JSON", async (database) => {
  const { ask, join } = await startAccounts(database);
  const { token, userId } = await join("alice");
  for (const body of [{ room: { timeline: { limit: "many" } } }, { event_fields: 1 }, { room: { rooms: ["x"] } }]) {
    const answer = await ask(`POST user/${userId}/filter`, { token, body });
    assert.equal(refusalOf(answer), "400 M_BAD_JSON", JSON.stringify(body));
  }
});

eachDatabase("an unknown filter is not found", async (database) => {
  const { ask, join } = await startAccounts(database);
  const { token, userId } = await join("alice");
  for (const id of ["0", "7", "none", "1e3", "99999999999999999999"]) {
    assert.equal(refusalOf(await ask(`GET user/${userId}/filter/${id}`, { token })), "404 M_NOT_FOUND", id);
  }
});

eachDatabase("a stored filter is compiled for sync", async (database) => {
  const { sql, partitions } = await startAccounts(database);
  const filters = createFilters({ sql, partitions });
  const id = await filters.add("@alice:test", filter);
  assert.equal((await filters.get("@alice:test", id))?.room.timeline.limit, 10);
  assert.equal(await filters.get("@bob:test", id), undefined);
});
