import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { RoomWriter } from "../../engine/rooms/room-writer.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { membershipOf } from "../../engine/rooms/visibility.ts";
import type { Users } from "../../engine/users/users.ts";
import { cannotLeaveServerNoticeRoom, notFound } from "../../http/errors.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import type { Sql } from "../../store/sql.ts";
import type { AccountData } from "../account-data/index.ts";
import type { Profiles } from "../profile/index.ts";
import { createRoom, type CreationNeeds } from "../room-creation/index.ts";
import { appendMembership, type CheckRefusal, memberContent } from "../room-membership/index.ts";
import { checkNotice } from "./notice-content.ts";
import { insertNoticeRoom, readNoticeRoom } from "./notice-rooms.store.ts";

/** How the notices look. */
export interface NoticeSettings {
  /** The user in whose name notices are sent. */
  readonly userId: string;
  readonly displayName: string;
  /** `mxc://`. */
  readonly avatarUrl: string | undefined;
  readonly roomName: string;
  readonly roomTopic: string | undefined;
}

/** Messages of the server itself to its users. */
export interface ServerNotices {
  /**
   * Sends a notice into the user's notices room, which is made when there is none; who is not in it is invited.
   * @returns the event's ID
   * @throws MatrixError 404 `M_NOT_FOUND` for who has no account, 400 `M_BAD_JSON` for what is no notice
   */
  send(userId: string, content: JsonObject): Promise<string>;
  /** @throws MatrixError 403 `M_CANNOT_LEAVE_SERVER_NOTICE_ROOM` when the invite is one to the notices room */
  readonly checkRefusal: CheckRefusal;
}

export interface Needs extends CreationNeeds {
  readonly sql: Sql;
  readonly rooms: Rooms;
  readonly users: Pick<Users, "accounts">;
  readonly accountData: Pick<AccountData, "setIn">;
  readonly profiles: Pick<Profiles, "set">;
  readonly roomVersion: string;
  readonly settings: NoticeSettings;
}

export function createServerNotices(needs: Needs): ServerNotices {
  const { sql, rooms, users, settings } = needs;
  /** The last notice to each user that is under way: there is one room for each. */
  const sending = new Map<string, Promise<string>>();

  async function send(userId: string, content: JsonObject): Promise<string> {
    const roomId = (await readNoticeRoom(sql, userId)) ?? (await makeRoom(needs, userId));
    const profile = memberContent(await needs.profileOf(userId));
    const event = await rooms.write(roomId, (writer) => {
      invite(writer, { roomId, sender: settings.userId, target: userId, profile });
      return writer.append({ type: "m.room.message", sender: settings.userId, content });
    });
    return event.eventId;
  }

  return {
    async send(userId, content) {
      checkNotice(content);
      const account = await users.accounts.get(userId);
      if (!account || account.isDeactivated) throw notFound("There is no such user");
      const run = async (): Promise<string> => await send(userId, content);
      const mine = (sending.get(userId) ?? Promise.resolve()).then(run, run);
      sending.set(userId, mine);
      try {
        return await mine;
      } finally {
        if (sending.get(userId) === mine) sending.delete(userId);
      }
    },

    async checkRefusal(userId, roomId) {
      if ((await readNoticeRoom(sql, userId)) !== roomId) return;
      throw cannotLeaveServerNoticeRoom("This is where the server tells you what you need to know");
    },
  };
}

interface Invite {
  readonly roomId: string;
  readonly sender: string;
  readonly target: string;
  readonly profile: JsonObject;
}

/** Invites who left, and nobody else. */
function invite(writer: RoomWriter, { roomId, sender, target, profile }: Invite): StoredEvent | undefined {
  if (membershipOf(writer.state("m.room.member", target)) !== "leave") return undefined;
  return appendMembership(writer, { roomId, sender, target, membership: "invite", content: profile });
}

/** Makes the user's room, with its tag: it is there as a whole or not at all. */
async function makeRoom(needs: Needs, userId: string): Promise<string> {
  const { accountData, settings } = needs;
  await makeSender(needs);
  const wishes = {
    creator: settings.userId,
    preset: "private_chat",
    version: needs.roomVersion,
    creationContent: {},
    // Only the server speaks here.
    powerLevelOverride: { users_default: -10 },
    initialState: [],
    name: settings.roomName,
    topic: settings.roomTopic,
    aliasLocalpart: undefined,
    invite: [userId],
    isDirect: false,
    isPublished: false,
  } as const;
  return await createRoom(needs, wishes, (tx, roomId) => {
    insertNoticeRoom(tx, userId, roomId);
    accountData.setIn(tx, { userId, roomId, type: "m.tag", content: { tags: { "m.server_notice": {} } } });
  });
}

/** The account of the sender has no password: nobody logs in to it. */
async function makeSender({ users, profiles, settings }: Needs): Promise<void> {
  const { userId, displayName, avatarUrl } = settings;
  if (!(await users.accounts.get(userId))) await users.accounts.create({ userId });
  await profiles.set(userId, "displayname", displayName);
  await profiles.set(userId, "avatar_url", avatarUrl);
}
