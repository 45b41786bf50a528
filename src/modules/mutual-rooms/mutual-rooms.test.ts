import assert from "node:assert/strict";
import { refusal, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";

const it = homeserverTests();

type MutualJson = {
  readonly joined: readonly string[];
  readonly count: number;
  readonly next_batch?: string;
  readonly next_batch_token?: string;
};

const STABLE = "/_matrix/client/v1/mutual_rooms";
const UNSTABLE = "/_matrix/client/unstable/uk.half-shot.msc2666/user/mutual_rooms";

const ask = async (client: TestClient, query: Record<string, string>, at = STABLE): Promise<MutualJson> =>
  await client.get(`${at}?${new URLSearchParams(query).toString()}`);

it("rooms are mutual while both are joined", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const wanted = { user_id: bob.userId };
  assert.deepEqual(await ask(alice, wanted), { joined: [], count: 0 });
  const [first, invited] = [await alice.createRoom({ preset: "public_chat" }), await alice.createRoom()];
  await bob.join(first);
  await alice.tell("invite", invited, bob);
  for (const at of [STABLE, UNSTABLE]) assert.deepEqual(await ask(alice, wanted, at), { joined: [first], count: 1 });
  await bob.join(invited);
  assert.deepEqual(await ask(bob, { user_id: alice.userId }), { joined: [first, invited], count: 2 });
  await bob.leave(first);
  assert.deepEqual(await ask(alice, wanted), { joined: [invited], count: 1 });
});

it("many rooms are told page by page, and the count is that of all", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const rooms: string[] = [];
  for (let n = 0; n < 102; n++) {
    rooms.push(await alice.createRoom({ preset: "public_chat" }));
    await bob.join(rooms[n] ?? "");
  }
  const user_id = bob.userId;
  const first = await ask(alice, { user_id });
  assert.equal(first.count, 102);
  const second = await ask(alice, { user_id, from: first.next_batch ?? "" });
  assert.equal(second.count, 102);
  assert.equal(second.next_batch, undefined);
  assert.deepEqual([...first.joined, ...second.joined], rooms);
  const unstable = await ask(alice, { user_id }, UNSTABLE);
  const rest = await ask(alice, { user_id, batch_token: unstable.next_batch_token ?? "" }, UNSTABLE);
  assert.deepEqual(rest.joined, second.joined);
});

it("nobody shares rooms with themselves, with what is no user, or by a token of others", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  for (const at of [STABLE, UNSTABLE]) {
    assert.equal(await refusal(ask(alice, {}, at)), "400 M_MISSING_PARAM");
    assert.equal(await refusal(ask(alice, { user_id: alice.userId }, at)), "400 M_INVALID_PARAM");
    assert.equal(await refusal(ask(alice, { user_id: "bob" }, at)), "400 M_INVALID_PARAM");
    assert.equal(await refusal(ask(alice, { user_id: "@a\u0000b:test" }, at)), "400 M_INVALID_PARAM");
    const tokens = { user_id: bob.userId, from: "nonsense", batch_token: "nonsense" };
    assert.equal(await refusal(ask(alice, tokens, at)), "400 M_INVALID_PARAM");
    assert.deepEqual(await ask(alice, { user_id: "@nobody:elsewhere" }, at), { joined: [], count: 0 });
  }
});
