import { boundedCache } from "../../bounded-cache.ts";
import type { Bus } from "../../bus/bus.ts";
import type { Change } from "../../bus/change.ts";
import type { MembershipRecord } from "../../engine/rooms/memberships.store.ts";
import type { StoredEvent } from "../../engine/rooms/stored-event.ts";
import { isJsonObject, type JsonValue, parseJsonObject } from "../../protocol/json/json.ts";
import type { AccountData } from "./account-data.ts";

const TYPE = "m.ignored_user_list";
const REMEMBERED = 10_000;
const NOBODY: ReadonlySet<string> = new Set();

/** Whom a user ignores. */
export type IgnoredBy = (userId: string) => Promise<ReadonlySet<string>>;

interface Needs {
  readonly accountData: Pick<AccountData, "get">;
  readonly bus: Pick<Bus, "subscribe">;
}

/**
 * Tells whom users ignore, from memory until their list changes. Nobody ignores themselves.
 * @see https://spec.matrix.org/v1.19/client-server-api/#ignoring-users
 */
export function createIgnoredBy({ accountData, bus }: Needs): IgnoredBy {
  // A list that is being read is remembered too: if it changes meanwhile it is dropped, and read again by who asks next.
  const known = boundedCache<string, Promise<ReadonlySet<string>>>(REMEMBERED);
  bus.subscribe(({ changes }) => {
    for (const change of changes) {
      if (isOfIgnoredUsers(change) && change.userId !== undefined) known.delete(change.userId);
    }
  });
  return async (userId) => {
    const remembered = known.get(userId);
    if (remembered) return await remembered;
    const reading = read(accountData, userId);
    known.set(userId, reading);
    // What failed is not remembered.
    reading.catch(() => {
      if (known.get(userId) === reading) known.delete(userId);
    });
    return await reading;
  };
}

/**
 * Whether an event is kept from somebody who ignores these users. State is told whoever set it: the room is the same for
 * everybody.
 */
export const isIgnored = ({ pdu, stateKey }: StoredEvent, ignored: ReadonlySet<string>): boolean =>
  stateKey === undefined && ignored.has(pdu.sender);

/** Whether an invite is kept from somebody who ignores these users. */
export function isIgnoredInvite(record: MembershipRecord, ignored: ReadonlySet<string>): boolean {
  const { membership, userId, strippedState } = record;
  if (ignored.size === 0 || membership !== "invite" || !Array.isArray(strippedState)) return false;
  return strippedState
    .filter((event: JsonValue) => isJsonObject(event))
    .filter(({ type, state_key: key }) => type === "m.room.member" && key === userId)
    .some(({ sender }) => typeof sender === "string" && ignored.has(sender));
}

const isOfIgnoredUsers = (change: Change & { readonly type?: string }): boolean =>
  change.kind === "account_data" && change.type === TYPE;

async function read(accountData: Needs["accountData"], userId: string): Promise<ReadonlySet<string>> {
  const text = await accountData.get(userId, undefined, TYPE);
  const users = text === undefined ? undefined : parseJsonObject(text)["ignored_users"];
  const ignored = isJsonObject(users) ? Object.keys(users).filter((id) => id !== userId && isStorable(id)) : [];
  return ignored.length === 0 ? NOBODY : new Set(ignored);
}

/** PostgreSQL takes no NUL: such a name is nobody's. */
const isStorable = (userId: string): boolean => !userId.includes("\u0000");
