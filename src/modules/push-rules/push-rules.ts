/*
 * How this works. A user's customisation is one row. Every change is made from what was recorded before it, not from what
 * is durable, so that changes at the same time do not undo each other; if one fails, so do those after it (see
 * `engine/partitions/partition.ts`). Readers are given what is durable.
 */
import { LRUCache } from "lru-cache";
import type { Change } from "../../bus/change.ts";
import type { Tx } from "../../engine/partitions/tx.ts";
import type { Users } from "../../engine/users/users.ts";
import { parseUserId } from "../../protocol/ids/ids.ts";
import { personalisePushRules, type PushRulesetJson } from "../../protocol/push/ruleset.ts";
import type { Sql } from "../../store/sql.ts";
import type { AccountData } from "../account-data/index.ts";
import { type RoomSuccession, withCopiedRules } from "./copied-rules.ts";
import type { Customisation } from "./customisation.ts";
import { deleteRules, readRules, upsertRules } from "./push-rules.store.ts";
import { checkLimits, defaultRuleSet, parseRuleSet, type RuleSet, ruleSetOf } from "./rule-set.ts";

/** What rule sets in memory may take, in about bytes. */
const CACHE_SIZE = 64 * 1024 * 1024;
const ENTRY_SIZE = 200;
const BYTES_PER_UNIT = 4;

/** Published when a user's rules changed. */
interface PushRulesChange extends Change {
  readonly kind: "push_rules";
  readonly userId: string;
}

interface Needs {
  readonly sql: Sql;
  readonly partitions: { of(key: string): { commit<T>(key: string, build: (tx: Tx) => T): Promise<T> } };
  readonly users: Pick<Users, "accounts">;
  readonly accountData: Pick<AccountData, "setIn">;
}

/** By which events users are notified. The rules go with the account. */
export interface PushRules {
  /** All rules of a user, with the placeholders for the owner: to be compiled once for all who have the same. */
  rulesetOf(userId: string): Promise<PushRulesetJson>;
  /** All rules of a user, as the owner is to see them. */
  personalRulesetOf(userId: string): Promise<PushRulesetJson>;
  /** The same for users with the same rules; `""` for the default rules, unchanged. */
  ruleSetIdOf(userId: string): Promise<string>;
  /**
   * Changes what a user customised; resolves when it is durable. `change` is called once and throws to refuse.
   * @throws MatrixError 413 `M_TOO_LARGE`, and what `change` throws
   */
  change(userId: string, change: (before: Customisation) => Customisation): Promise<void>;
  /**
   * Copies what a user set for a room to the room that takes its place; does nothing where that has been done. It is a
   * transaction of its own, since the user's partition need not be that of the rooms.
   * @throws MatrixError 413 `M_TOO_LARGE` when there is no place for more rules
   */
  copyRoomRules(copy: RoomSuccession & { readonly userId: string }): Promise<void>;
}

export function createPushRules({ sql, partitions, users, accountData }: Needs): PushRules {
  const durable = new LRUCache<string, RuleSet>({
    maxSize: CACHE_SIZE,
    sizeCalculation: ({ text }) => ENTRY_SIZE + BYTES_PER_UNIT * text.length,
  });
  /** Of users whose changes are on their way to the database. */
  const recorded = new Map<string, RuleSet>();

  users.accounts.onDeactivation((tx, userId) => record(tx, userId, defaultRuleSet));

  async function load(userId: string): Promise<RuleSet> {
    const known = durable.get(userId);
    if (known) return known;
    const text = await readRules(sql, userId);
    // Committed meanwhile: newer than what was read.
    const newer = durable.get(userId);
    if (newer) return newer;
    const ruleSet = text === undefined ? defaultRuleSet : parseRuleSet(text);
    durable.set(userId, ruleSet);
    return ruleSet;
  }

  function record(tx: Tx, userId: string, ruleSet: RuleSet): void {
    if (ruleSet === defaultRuleSet) deleteRules(tx, userId);
    else upsertRules(tx, { userId, rules: ruleSet.text });
    recorded.set(userId, ruleSet);
    tx.afterCommit(() => {
      durable.set(userId, ruleSet);
      if (recorded.get(userId) === ruleSet) recorded.delete(userId);
    });
    tx.afterFailure(() => recorded.delete(userId));
  }

  async function change(userId: string, make: (before: Customisation) => Customisation): Promise<void> {
    const loaded = await load(userId);
    await partitions.of(userId).commit(userId, (tx) => {
      const before = recorded.get(userId) ?? durable.get(userId) ?? loaded;
      const next = ruleSetOf(make(before.customisation));
      checkLimits(next, before);
      if (next.text === before.text) return;
      record(tx, userId, next);
      // Clients see the rules as account data, whose content is made when it is asked for.
      accountData.setIn(tx, { userId, type: "m.push_rules", content: {} });
      const published: PushRulesChange = { kind: "push_rules", position: tx.nextPosition(), userId };
      tx.publish(published);
    });
  }

  return {
    rulesetOf: async (userId) => (await load(userId)).merged,
    async personalRulesetOf(userId) {
      const { merged } = await load(userId);
      return personalisePushRules(merged, userId, parseUserId(userId)?.localpart ?? "");
    },
    ruleSetIdOf: async (userId) => (await load(userId)).id,
    change,
    async copyRoomRules({ userId, ...succession }) {
      await change(userId, (before) => withCopiedRules(before, succession));
    },
  };
}
