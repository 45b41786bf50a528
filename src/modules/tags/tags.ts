import { InTurn } from "../../in-turn.ts";
import { invalidParam, tooLarge } from "../../http/errors.ts";
import { isJsonObject, type JsonObject, parseJsonObject } from "../../protocol/json/json.ts";
import type { AccountData } from "../account-data/index.ts";

/** What clients see the tags of a room as. */
const TYPE = "m.tag";

/** In bytes: https://spec.matrix.org/v1.19/client-server-api/#room-tagging */
const LONGEST_NAME = 255;

/** Of all tags of a room together, as UTF-16 units of JSON text. */
const LARGEST = 65_536;

/** The tags that users give rooms, each for themselves. */
export interface Tags {
  /** By name; empty when there is none. */
  list(userId: string, roomId: string): Promise<JsonObject>;
  /** @throws MatrixError 400 `M_INVALID_PARAM` for a name or order that cannot be, 413 `M_TOO_LARGE` */
  set(userId: string, roomId: string, tag: NewTag): Promise<void>;
  /** Does nothing when there is no such tag. */
  remove(userId: string, roomId: string, name: string): Promise<void>;
}

interface NewTag {
  readonly name: string;
  /** With the place among the rooms of the tag: `order`, 0 to 1. */
  readonly data: JsonObject;
}

export function createTags({ accountData }: { readonly accountData: Pick<AccountData, "get" | "set"> }): Tags {
  const inTurn = new InTurn();

  async function list(userId: string, roomId: string): Promise<JsonObject> {
    const tags = parseJsonObject((await accountData.get(userId, roomId, TYPE)) ?? "{}")["tags"];
    // Clients may write this account data themselves: anything may stand there.
    return isJsonObject(tags) ? tags : {};
  }

  /** One after the other, since each change is made of what is there. */
  async function change(userId: string, roomId: string, make: (before: JsonObject) => JsonObject): Promise<void> {
    await inTurn.run(`${userId}|${roomId}`, async () => {
      const before = await list(userId, roomId);
      const tags = make(before);
      if (tags !== before) await accountData.set({ userId, roomId, type: TYPE, content: { tags } });
    });
  }

  return {
    list,
    async set(userId, roomId, { name, data }) {
      checkName(name);
      checkOrder(data["order"]);
      await change(userId, roomId, (before) => {
        const tags = Object.fromEntries([...Object.entries(before), [name, data]]);
        if (JSON.stringify(tags).length > LARGEST) throw tooLarge("The tags of this room are too large");
        return tags;
      });
    },
    async remove(userId, roomId, name) {
      await change(userId, roomId, (before) => {
        if (!Object.hasOwn(before, name)) return before;
        return Object.fromEntries(Object.entries(before).filter(([other]) => other !== name));
      });
    },
  };
}

function checkName(name: string): void {
  if (name === "" || Buffer.byteLength(name) > LONGEST_NAME) {
    throw invalidParam(`The name of a tag has 1 to ${LONGEST_NAME} bytes`);
  }
}

/** Absent for rooms that come last. */
function checkOrder(order: unknown): void {
  if (order !== undefined && !(typeof order === "number" && order >= 0 && order <= 1)) {
    throw invalidParam("`order` is a number from 0 to 1");
  }
}
