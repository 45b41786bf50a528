import type { RoomVersionRules } from "./rules.ts";
import { v1 } from "./v1.ts";
import { v10 } from "./v10.ts";
import { v11 } from "./v11.ts";
import { v12 } from "./v12.ts";
import { v2 } from "./v2.ts";
import { v3 } from "./v3.ts";
import { v4 } from "./v4.ts";
import { v5 } from "./v5.ts";
import { v6 } from "./v6.ts";
import { v7 } from "./v7.ts";
import { v8 } from "./v8.ts";
import { v9 } from "./v9.ts";

/**
 * Every room version that we know, by its identifier.
 * @see https://spec.matrix.org/v1.19/rooms/
 */
export const roomVersions: ReadonlyMap<string, RoomVersionRules> = new Map(
  [v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12].map((rules) => [rules.id, rules]),
);

/** The identifiers of those that rooms may be made with without warning, oldest first. */
export const stableRoomVersions: readonly string[] = [...roomVersions.values()]
  .filter(({ stable }) => stable)
  .map(({ id }) => id);

/** The rules of a room version, or `undefined` when we do not know it. */
export const roomVersion = (id: string): RoomVersionRules | undefined => roomVersions.get(id);
