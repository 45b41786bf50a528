import assert from "node:assert/strict";
import { eachDatabase } from "../../../test/support/databases.ts";
import { alice, openEngineForTest } from "../../engine/rooms/testing.ts";
import { cheapPasswords } from "../../engine/users/testing.ts";
import { createUsers } from "../../engine/users/users.ts";
import type { MatrixError } from "../../http/errors.ts";
import { createServerForTest } from "../../http/testing.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import type { Database } from "../../store/sql.ts";
import { createAccountData } from "../account-data/index.ts";
import { createProfiles } from "../profile/index.ts";
import { createAliases } from "../room-aliases/index.ts";
import { roomMembership } from "../room-membership/index.ts";
import { roomState, stateRules } from "../room-state/index.ts";
import { createServerNotices } from "./index.ts";

const sender = "@notices:test";
const serverName = "test";
const settings = {
  userId: sender,
  displayName: "The server",
  avatarUrl: "mxc://test/a",
  roomName: "Notices",
  roomTopic: "From the server",
};
const text = (body: string): JsonObject => ({ msgtype: "m.text", body });
const resolveRoom = async (roomId: string): Promise<string> => roomId;
const background = (): void => undefined;

async function start(database: Database, stack: AsyncDisposableStack) {
  const engine = await openEngineForTest(database);
  const { rooms } = engine;
  const parts = { ...engine, sql: database, serverName };
  const users = stack.use(createUsers({ ...parts, passwords: cheapPasswords, background }));
  await users.accounts.create({ userId: alice });
  const profiles = createProfiles({ ...parts, users });
  const accountData = createAccountData({ ...parts, users });
  const profileOf = async (userId: string) => await profiles.getMember(userId);
  const needs = { ...parts, users, profiles, accountData, profileOf, aliases: createAliases({ ...parts }) };
  const notices = createServerNotices({ ...needs, roomVersion: "12", settings });
  const { checkRefusal } = notices;
  const rules = stateRules({ serverName, roomOfAlias: async () => undefined, isRoomAlias: () => false });
  const inRooms = { ...needs, checkRefusal, onJoined: async () => undefined };
  const server = stack.use(
    createServerForTest([
      ...roomMembership({ ...inRooms, resolveRoom }).endpoints,
      ...roomState({ ...inRooms, stateRules: rules }).endpoints,
    ]),
  );
  const ask = async (what: string, payload: object = {}): Promise<string> => {
    const [method = "", place = ""] = what.split(" ");
    const headers = { authorization: "Bearer alice" };
    const url = `/_matrix/client/v3/${place}`;
    const answer = await server.inject({ method, url, headers, payload });
    return answer.statusCode === 200 ? "allowed" : `${answer.statusCode} ${answer.json().errcode}`;
  };
  const roomsOf = async () => await rooms.memberships.ofUser(alice);
  const stateOf = async (roomId: string, type: string, key = "") =>
    (await rooms.read(roomId, (room) => room.state(type, key)))?.pdu.content;
  return { engine, notices, rooms, users, profiles, accountData, ask, roomsOf, stateOf };
}

type Started = Awaited<ReturnType<typeof start>>;

async function invited({ notices, roomsOf }: Started): Promise<string> {
  await notices.send(alice, text("hello"));
  return (await roomsOf())[0]?.roomId ?? "";
}

const refusalOf = async (asked: Promise<unknown>): Promise<string> =>
  await asked.then(
    () => "allowed",
    ({ status, errcode }: MatrixError) => `${status} ${errcode}`,
  );

eachDatabase("the first notice makes a room that is tagged, and invites into it", async (database) => {
  await using stack = new AsyncDisposableStack();
  const { notices, rooms, profiles, accountData, roomsOf, stateOf } = await start(database, stack);
  const eventId = await notices.send(alice, text("hello"));
  const [record, ...others] = await roomsOf();
  assert.deepEqual([record?.membership, others], ["invite", []]);
  const roomId = record?.roomId ?? "";
  const event = await rooms.events.byId(eventId);
  assert.deepEqual([event?.roomId, event?.pdu.sender, event?.pdu.content], [roomId, sender, text("hello")]);
  assert.deepEqual(await stateOf(roomId, "m.room.name"), { name: "Notices" });
  assert.equal((await stateOf(roomId, "m.room.topic"))?.["topic"], "From the server");
  const member = await stateOf(roomId, "m.room.member", sender);
  assert.deepEqual(member, { membership: "join", displayname: "The server", avatar_url: "mxc://test/a" });
  assert.deepEqual(JSON.parse((await accountData.get(alice, roomId, "m.tag")) ?? ""), {
    tags: { "m.server_notice": {} },
  });
  assert.deepEqual(await profiles.getMember(sender), { displayname: "The server", avatar_url: "mxc://test/a" });
});

eachDatabase("all notices to a user go into one room, also those sent at once", async (database) => {
  await using stack = new AsyncDisposableStack();
  const { notices, roomsOf, users } = await start(database, stack);
  await Promise.all(["1", "2", "3"].map(async (body) => await notices.send(alice, text(body))));
  assert.equal((await roomsOf()).length, 1);
  assert.equal(await users.accounts.checkPassword(sender, ""), undefined, "nobody logs in as the sender");
});

eachDatabase("the invite cannot be refused; who has joined may leave, and is invited again", async (database) => {
  await using stack = new AsyncDisposableStack();
  const started = await start(database, stack);
  const { notices, ask, roomsOf } = started;
  const room = encodeURIComponent(await invited(started));
  const own = `rooms/${room}/state/m.room.member/${encodeURIComponent(alice)}`;
  assert.equal(await ask(`POST rooms/${room}/leave`), "403 M_CANNOT_LEAVE_SERVER_NOTICE_ROOM");
  assert.equal(await ask(`PUT ${own}`, { membership: "leave" }), "403 M_CANNOT_LEAVE_SERVER_NOTICE_ROOM");
  assert.equal((await roomsOf())[0]?.membership, "invite");
  assert.equal(await ask(`POST rooms/${room}/join`), "allowed");
  assert.equal(await ask(`POST rooms/${room}/leave`), "allowed");
  await notices.send(alice, text("again"));
  const memberships = (await roomsOf()).map(({ membership }) => membership);
  assert.deepEqual(memberships, ["invite"]);
});

eachDatabase("other invites can be refused", async (database) => {
  await using stack = new AsyncDisposableStack();
  const started = await start(database, stack);
  await invited(started);
  const other = await started.engine.room({ preset: "private_chat" });
  await other.invite(alice);
  assert.equal(await started.ask(`POST rooms/${encodeURIComponent(other.roomId)}/leave`), "allowed");
});

eachDatabase("a notice needs an account, and what clients show", async (database) => {
  await using stack = new AsyncDisposableStack();
  const { notices, users } = await start(database, stack);
  const send = async (content: JsonObject, userId = alice) => await refusalOf(notices.send(userId, content));
  assert.equal(await send(text("hello"), "@nobody:test"), "404 M_NOT_FOUND");
  await users.accounts.create({ userId: "@gone:test" });
  await users.accounts.deactivate("@gone:test");
  assert.equal(await send(text("hello"), "@gone:test"), "404 M_NOT_FOUND");
  assert.equal(await send({ msgtype: "m.text" }), "400 M_BAD_JSON");
  assert.equal(await send({ body: "hello" }), "400 M_BAD_JSON");
  const notice = { msgtype: "m.server_notice", body: "Full" };
  assert.equal(await send(notice), "400 M_BAD_JSON");
  assert.equal(await send({ ...notice, server_notice_type: "org.example.news" }), "allowed");
  const limit = { ...notice, server_notice_type: "m.server_notice.usage_limit_reached" };
  assert.equal(await send(limit), "400 M_BAD_JSON");
  assert.equal(await send({ ...limit, admin_contact: "mailto:a@b.c" }), "400 M_BAD_JSON");
  assert.equal(await send({ ...limit, admin_contact: "mailto:a@b.c", limit_type: "monthly_active_user" }), "allowed");
});
