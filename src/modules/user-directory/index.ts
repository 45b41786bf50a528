import type { Rooms } from "../../engine/rooms/rooms.ts";
import type { Users } from "../../engine/users/users.ts";
import type { Sql } from "../../store/sql.ts";
import type { Module } from "../module.ts";
import type { Profiles } from "../profile/index.ts";
import { openRoomsFollower } from "./open-rooms.ts";
import { searchUserDirectory } from "./search.endpoint.ts";
import { wordsOfUser } from "./search-term.ts";
import { deleteUser, insertUser, updateAvatar, updateName } from "./user-directory.store.ts";

interface Needs {
  readonly sql: Sql;
  readonly rooms: Rooms;
  readonly users: Pick<Users, "accounts">;
  readonly profiles: Pick<Profiles, "onChange">;
}

/** Finds users whom one may know of. */
export const userDirectory = (needs: Needs): Module => {
  follow(needs);
  return {
    name: "user-directory",
    spec: [
      {
        section: "User Directory",
        link: "https://spec.matrix.org/v1.19/client-server-api/#user-directory",
        status: "partial",
        missing: "users of other servers",
      },
    ],
    endpoints: [searchUserDirectory(needs)],
  };
};

/** Keeps the directory in step, in the transactions that change what it is about. */
function follow({ rooms, users, profiles }: Needs): void {
  rooms.follow(openRoomsFollower({ events: rooms.events }));
  users.accounts.onCreation((tx, userId) => insertUser(tx, userId, wordsOfUser(userId, "")));
  users.accounts.onDeactivation(deleteUser);
  profiles.onChange((tx, userId, name, value) => {
    const text = typeof value === "string" ? value : "";
    if (name === "displayname") updateName(tx, userId, text, wordsOfUser(userId, text));
    else if (name === "avatar_url") updateAvatar(tx, userId, text);
  });
}
