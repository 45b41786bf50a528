import { invalidParam } from "../../http/errors.ts";
import type { Direction, Place } from "./published-rooms.store.ts";

/** Before every room. */
export const TOP: Place = { joinedCount: Number.MAX_SAFE_INTEGER, nid: Number.MAX_SAFE_INTEGER };

const PATTERN = /^([du])(\d{1,15})_(\d{1,15})$/;

/** Where a page of the directory begins, and which way it goes. */
export interface PageStart {
  readonly from: Place;
  readonly direction: Direction;
}

/** The token says which room was last seen: so rooms that come and go between two pages move no others. */
export const formatPageToken = (direction: Direction, { joinedCount, nid }: Place): string =>
  `${direction === "down" ? "d" : "u"}${joinedCount}_${nid}`;

/** @throws MatrixError `M_INVALID_PARAM` for what never was a token. */
export function parsePageToken(token: string | undefined): PageStart {
  if (token === undefined) return { from: TOP, direction: "down" };
  const [, direction, joinedCount, nid] = PATTERN.exec(token) ?? [];
  if (direction === undefined) throw invalidParam("`since` is none of this server's tokens");
  return {
    direction: direction === "d" ? "down" : "up",
    from: { joinedCount: Number(joinedCount), nid: Number(nid) },
  };
}
