import { isDeepStrictEqual } from "node:util";
import type { JsonObject } from "../../protocol/json/json.ts";
import { compileServerAcl } from "../../protocol/server-acl.ts";
import type { EventDraft } from "../../engine/rooms/room-writer.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { badAlias, badJson, invalidParam } from "../../http/errors.ts";
import { checkTombstone } from "../room-upgrades/index.ts";

/** What a server checks of a state event beside the authorisation rules. */
export interface StateRules {
  /** @throws MatrixError with the errcode that the specification names. */
  check(roomId: string, draft: EventDraft, current: StoredEvent | undefined): Promise<void>;
  /** As `check`, for a room that is about to be made. `alias`: what it will be called. */
  checkInitial(draft: Omit<EventDraft, "sender">, alias: string | undefined): Promise<void>;
  /** Whether the draft says what the event says already. */
  isSame(current: StoredEvent, draft: EventDraft): boolean;
}

interface Needs {
  /** The room that a local alias points to, or that another server gave for it. */
  readonly roomOfAlias: (alias: string) => Promise<string | undefined>;
  readonly serverName: string;
  readonly isRoomAlias: (text: string) => boolean;
}

export const stateRules = (needs: Needs): StateRules => ({
  async check(roomId, draft, current) {
    checkTombstone(roomId, draft);
    await checkContent(needs, draft, { roomId, before: aliasesIn(current?.pdu.content ?? {}) });
    if (draft.type === "m.room.create") throw badJson("A room is created once: `m.room.create` cannot be sent");
  },

  async checkInitial(draft, alias) {
    // No alias points to a room that is not there.
    await checkContent(needs, draft, { roomId: undefined, before: alias === undefined ? [] : [alias] });
  },

  isSame(current, draft) {
    return current.pdu.sender === draft.sender && isDeepStrictEqual(current.pdu.content, draft.content);
  },
});

async function checkContent(
  needs: Needs,
  { type, stateKey, content }: Omit<EventDraft, "sender">,
  named: Omit<CanonicalAlias, "content">,
): Promise<void> {
  if (stateKey !== "") return;
  if (type === "m.room.canonical_alias") await checkCanonicalAlias(needs, { ...named, content });
  if (type === "m.room.server_acl") checkServerAcl(needs, content);
}

/**
 * An access list that denies this server would shut its own sender out of the room, beyond repair: it is refused as a
 * mistake, as other servers have it.
 * @see https://spec.matrix.org/v1.19/client-server-api/#server-access-control-lists-acls-for-rooms
 */
function checkServerAcl({ serverName }: Needs, content: JsonObject): void {
  const verdict = compileServerAcl(content).check(serverName);
  if (!verdict.allowed) throw badJson(`The list would deny this server itself: ${verdict.reason}`);
}

interface CanonicalAlias {
  readonly roomId: string | undefined;
  readonly content: JsonObject;
  /** What the room was called before. */
  readonly before: readonly unknown[];
}

/**
 * Every alias that is named newly must point to this room.
 * @see https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3roomsroomidstateeventtypestatekey
 */
async function checkCanonicalAlias(needs: Needs, { roomId, content, before }: CanonicalAlias): Promise<void> {
  if (content["alt_aliases"] !== undefined && !Array.isArray(content["alt_aliases"])) {
    throw badJson("`alt_aliases` must be a list");
  }
  for (const name of aliasesIn(content)) {
    if (before.includes(name)) continue;
    if (typeof name !== "string" || !needs.isRoomAlias(name)) {
      throw invalidParam("`alias` and `alt_aliases` must be room aliases");
    }
    if (roomId === undefined || (await needs.roomOfAlias(name)) !== roomId)
      throw badAlias(`${name} does not point to this room`);
  }
}

function aliasesIn({ alias, alt_aliases: others }: JsonObject): readonly unknown[] {
  const main = alias === undefined || alias === null || alias === "" ? [] : [alias];
  return [...main, ...(Array.isArray(others) ? others : [])];
}
