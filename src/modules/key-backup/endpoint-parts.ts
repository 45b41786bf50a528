import { Type } from "typebox";
import type { Backup } from "./backups.store.ts";
import type { BackupState } from "./keys.store.ts";

/** The paths of backups go on from here; the second one is that of clients from before they were specified. */
const PREFIXES = ["/_matrix/client/v3/room_keys", "/_matrix/client/unstable/room_keys"] as const;

/** What all endpoints of backups have in common. */
export const atPath = <P extends string>(path: P) =>
  ({
    path: `${PREFIXES[0]}${path}`,
    aliases: [`${PREFIXES[1]}${path}`],
    auth: "user",
    limit: "writing",
  }) as const;

/** The version that a request for keys is for. */
export const versionQuery = Type.Object({ version: Type.String() });

/** A path parameter that goes to the database. */
export const idParam = Type.String({ minLength: 1, maxLength: 255, pattern: "^[^\\u0000]*$" });

/** What an answer tells of the keys of a backup. */
export const toStateJson = ({ keyCount, etag }: BackupState) => ({ count: keyCount, etag: String(etag) });

/** A backup as clients see it, as JSON text. */
export const backupText = ({ version, algorithm, authData, ...state }: Backup): string =>
  `{"auth_data":${authData},${JSON.stringify({ algorithm, version: String(version), ...toStateJson(state) }).slice(1)}`;
