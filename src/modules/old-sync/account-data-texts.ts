import type { Change } from "../../bus/change.ts";
import type { AccountData } from "../account-data/index.ts";

interface Span {
  readonly userId: string;
  /** After this position. */
  readonly after: number;
  /** What the feed remembers of it. */
  readonly changes: readonly Change[] | undefined;
  /** Of this room alone. */
  readonly roomId: string | undefined;
}

/** Account data that changed, tags among it, as JSON texts; that of rooms with the `room_id`. */
export async function accountDataTexts(
  accountData: Pick<AccountData, "changedAfter">,
  { userId, after, changes, roomId }: Span,
): Promise<string[]> {
  const mayHaveChanged =
    !changes || changes.some(({ kind, ...change }) => kind === "account_data" && change.userId === userId);
  const changed = mayHaveChanged ? await accountData.changedAfter(userId, after) : [];
  return changed
    .filter((datum) => roomId === undefined || datum.roomId === roomId)
    .map(({ roomId: of, type, content }) => {
      const room = of === "" ? "" : `"room_id":${JSON.stringify(of)},`;
      return `{${room}"type":${JSON.stringify(type)},"content":${content}}`;
    });
}
