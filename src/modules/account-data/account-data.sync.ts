import type { RoomAddition, SectionRequest, SyncSection } from "../../engine/streams/section.ts";
import type { AccountDatum } from "./account-data.store.ts";
import type { AccountData } from "./account-data.ts";

/**
 * Tells account data: all of it at first, then what changed. What is written while the answer is made may be told twice,
 * which does no harm, since the latest of a type counts.
 * @see https://spec.matrix.org/v1.19/client-server-api/#client-config
 */
export const accountDataSection = (accountData: Pick<AccountData, "all" | "changedAfter">): SyncSection => ({
  kinds: ["account_data"],

  async top({ userId, since, changes, keeps }: SectionRequest) {
    if (since && changes && !changes.some((change) => isOf(change, userId) && change.roomId === undefined)) return {};
    const data = since ? await accountData.changedAfter(userId, since.position) : await accountData.all(userId);
    const events = data.filter(({ roomId, type }) => roomId === "" && keeps("account_data", type, undefined));
    return events.length === 0
      ? {}
      : { members: { account_data: `{"events":[${events.map(toEventText).join(",")}]}` } };
  },

  async rooms(request: SectionRequest, inFull: readonly string[]) {
    const { userId, since, changes } = request;
    const isChanged =
      !since || !changes || changes.some((change) => isOf(change, userId) && change.roomId !== undefined);
    const changed = since && isChanged ? await accountData.changedAfter(userId, since.position) : [];
    const whole = inFull.length > 0 ? await accountData.all(userId) : [];
    const full = new Set(inFull);
    const told = [
      ...changed.filter(({ roomId }) => !full.has(roomId)),
      ...whole.filter(({ roomId }) => full.has(roomId)),
    ];
    return groupByRoom(told, request);
  },
});

const isOf = (change: { readonly kind: string; readonly userId?: string }, userId: string): boolean =>
  change.kind === "account_data" && change.userId === userId;

function groupByRoom(data: readonly AccountDatum[], { keeps }: SectionRequest): ReadonlyMap<string, RoomAddition> {
  const texts = new Map<string, string[]>();
  for (const datum of data) {
    if (datum.roomId === "" || !keeps("room.account_data", datum.type, undefined, datum.roomId)) continue;
    const list = texts.get(datum.roomId) ?? [];
    list.push(toEventText(datum));
    texts.set(datum.roomId, list);
  }
  return new Map([...texts].map(([roomId, accountData]) => [roomId, { accountData }]));
}

const toEventText = ({ type, content }: AccountDatum): string =>
  `{"type":${JSON.stringify(type)},"content":${content}}`;
