import assert from "node:assert/strict";
import type { TestClient } from "../support/client.ts";
import { homeserverTests, type TestHomeserver } from "../support/homeserver.ts";
import { type Story, tellStory, type Visibility } from "./story.ts";
import { ask, waysOut } from "./ways-out.ts";

const homeserverTest = homeserverTests();

/** The state of the room is not its author's: it would break without. The author's own memberships are hidden. */
const OF_THE_ROOM: ReadonlySet<string> = new Set(["state", "held"]);

async function erase(client: TestClient): Promise<void> {
  const auth = { type: "m.login.password", user: client.userId, password: "correct horse" };
  await client.post("account/deactivate", { erase: true, auth });
}

/** All that comes out to somebody, by what it was: `message`, `reply`, `edit`, … */
async function told(story: Story, client: TestClient): Promise<Map<string, string>> {
  const { next_batch: token } = await client.sync();
  const someone = { client, tokens: [...story.people.member.tokens, token] };
  const found = new Map<string, string>();
  for (const way of waysOut({ ...story, people: { ...story.people, stranger: someone } }, "stranger")) {
    const answer = JSON.stringify((await ask(client, way)) ?? {});
    for (const [, what = ""] of answer.matchAll(/secret-\w+?-(\w+)/g)) found.set(what, way.endpoint);
  }
  return found;
}

async function afterErasure(homeserver: TestHomeserver, visibility: Visibility) {
  const story = await tellStory(homeserver, visibility);
  const late = await homeserver.register("late");
  await erase(story.owner);
  return { story, late, member: story.people.member.client };
}

/** @see https://spec.matrix.org/v1.19/client-server-api/#account-deactivation */
homeserverTest(
  "of what somebody erased said, nothing comes out to who joins later, and all to who was there",
  async (homeserver) => {
    const { story, late, member } = await afterErasure(homeserver, "shared");
    await member.tell("invite", story.roomId, late);
    await late.join(story.roomId);
    const leaks = [...(await told(story, late))].filter(([what]) => !OF_THE_ROOM.has(what));
    assert.deepEqual(leaks, []);
    const known = await told(story, member);
    for (const what of ["message", "root", "reply", "key", "reference", "edit", "name"])
      assert.ok(known.has(what), what);
  },
);

homeserverTest("nor to who reads from outside what the world may read", async (homeserver) => {
  const { story, late } = await afterErasure(homeserver, "world_readable");
  const outside = await told(story, late);
  assert.ok(outside.has("state"), "the room is read");
  assert.deepEqual(
    [...outside].filter(([what]) => !OF_THE_ROOM.has(what)),
    [],
  );
});
