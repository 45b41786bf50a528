import assert from "node:assert/strict";
import { type EventJson, type PageJson, path } from "../../../test/support/client.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";

const it = homeserverTests({ presence: { enabled: true } });

it("presence is told by the initial syncs and among the events", async (homeserver) => {
  const [alice, bob] = [await homeserver.register("alice"), await homeserver.register("bob")];
  const roomId = await alice.createRoom({ preset: "public_chat" });
  await bob.join(roomId);
  const set = async (presence: string): Promise<void> => {
    await alice.put(path`presence/${alice.userId}/status`, { presence });
  };
  type PresentJson = { readonly content: { readonly user_id: string; readonly presence: string } };
  type PresenceJson = { readonly end: string; readonly presence: readonly PresentJson[] };
  const shown = ({ presence }: { readonly presence: readonly PresentJson[] }) =>
    presence.map(({ content }) => `${content.user_id} ${content.presence}`).toSorted();
  await set("online");
  const initial = await bob.get<PresenceJson>("initialSync");
  assert.deepEqual(shown(initial), [`${alice.userId} online`, `${bob.userId} online`]);
  assert.deepEqual(shown(await bob.get<PresenceJson>(path`rooms/${roomId}/initialSync`)), shown(initial));
  await set("unavailable");
  // That bob came online may be told first.
  let told: EventJson | undefined;
  for (let from = initial.end; told === undefined; ) {
    const { chunk, end = from } = await bob.get<PageJson>(`events?from=${from}&timeout=10000`);
    assert.notEqual(chunk.length, 0, "told nothing in time");
    told = chunk.find(({ content }) => content["user_id"] === alice.userId);
    from = end;
  }
  assert.deepEqual([told.type, told.content["presence"]], ["m.presence", "unavailable"]);
});
