import type { Partitions } from "../../engine/partitions/partitions.ts";
import type { Users } from "../../engine/users/users.ts";
import type { Sql } from "../../store/sql.ts";
import type { Module } from "../module.ts";
import { Backups } from "./backups.ts";
import { deleteRoomKeys, getRoomKeys, putRoomKeys } from "./keys.endpoint.ts";
import { deleteRoomKeysByRoomId, getRoomKeysByRoomId, putRoomKeysByRoomId } from "./room-keys.endpoint.ts";
import { deleteRoomKeyBySessionId, getRoomKeyBySessionId, putRoomKeyBySessionId } from "./session-key.endpoint.ts";
import {
  deleteRoomKeysVersion,
  getRoomKeysVersion,
  getRoomKeysVersionCurrent,
  postRoomKeysVersion,
  putRoomKeysVersion,
} from "./version.endpoint.ts";

interface Needs {
  readonly sql: Sql;
  readonly partitions: Pick<Partitions, "of">;
  readonly users: Pick<Users, "accounts">;
}

/** Backups of the keys that rooms are read with. */
export const keyBackup = (needs: Needs): Module => {
  const backups = new Backups(needs);
  needs.users.accounts.onDeactivation((tx, userId) => backups.deleteAllIn(tx, userId));
  return {
    name: "key-backup",
    spec: [
      {
        section: "Server-side key backups",
        link: "https://spec.matrix.org/v1.19/client-server-api/#server-side-key-backups",
        status: "complete",
      },
    ],
    endpoints: [
      postRoomKeysVersion({ backups }),
      getRoomKeysVersionCurrent({ backups }),
      getRoomKeysVersion({ backups }),
      putRoomKeysVersion({ backups }),
      deleteRoomKeysVersion({ backups }),
      putRoomKeys({ backups }),
      getRoomKeys({ backups }),
      deleteRoomKeys({ backups }),
      putRoomKeysByRoomId({ backups }),
      getRoomKeysByRoomId({ backups }),
      deleteRoomKeysByRoomId({ backups }),
      putRoomKeyBySessionId({ backups }),
      getRoomKeyBySessionId({ backups }),
      deleteRoomKeyBySessionId({ backups }),
    ],
  };
};
