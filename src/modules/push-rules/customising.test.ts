import assert from "node:assert/strict";
import { eachDatabase, onSqlite } from "../../../test/support/databases.ts";
import type { Change } from "../../bus/change.ts";
import { BrittleDatabase } from "../../engine/partitions/testing.ts";
import { alice, bob, openEngineForTest } from "../../engine/rooms/testing.ts";
import { cheapPasswords } from "../../engine/users/testing.ts";
import { createUsers } from "../../engine/users/users.ts";
import { defaultPushRulesWithLegacyMentions } from "../../protocol/push/default-rules.ts";
import type { PushRuleJson, PushRuleKind } from "../../protocol/push/ruleset.ts";
import { type Database, DatabaseUnavailable } from "../../store/sql.ts";
import { createAccountData } from "../account-data/index.ts";
import { withChange, withoutRule, withRule } from "./customisation.ts";
import { createPushRules } from "./push-rules.ts";

async function start(database: Database) {
  const engine = await openEngineForTest(database);
  const needs = { sql: database, partitions: engine.partitions, clock: engine.clock };
  const users = createUsers({ ...needs, passwords: cheapPasswords, background: () => {} });
  const accountData = createAccountData({ ...needs, users });
  const open = () => createPushRules({ ...needs, users, accountData });
  const rules = open();
  const add = async (userId: string, kind: PushRuleKind, rule: PushRuleJson): Promise<void> =>
    await rules.change(userId, (own) => withRule(own, kind, rule, {}));
  const disable = async (userId: string, kind: PushRuleKind, ruleId: string): Promise<void> =>
    await rules.change(userId, (own) => withChange(own, kind, ruleId, { enabled: false }));
  return { ...engine, users, accountData, rules, add, disable, open };
}

const rule = (ruleId: string, rest: Partial<PushRuleJson> = {}): PushRuleJson => ({
  rule_id: ruleId,
  default: false,
  enabled: true,
  actions: [],
  ...rest,
});

const about = (roomId: string) => ({ kind: "event_match", key: "room_id", pattern: roomId });

eachDatabase("equal rules have the same ID, and those that are the default again have none", async (database) => {
  const { rules, add, disable, open } = await start(database);
  assert.equal(await rules.ruleSetIdOf(alice), "");
  assert.equal(await rules.rulesetOf(alice), defaultPushRulesWithLegacyMentions);
  for (const userId of [alice, bob]) {
    await add(userId, "room", rule("!r:test"));
    await disable(userId, "underride", ".m.rule.message");
  }
  const id = await rules.ruleSetIdOf(alice);
  assert.match(id, /^[\w-]{16}$/);
  assert.equal(await rules.ruleSetIdOf(bob), id);
  assert.equal(await open().ruleSetIdOf(bob), id);
  await disable(bob, "underride", ".m.rule.call");
  assert.notEqual(await rules.ruleSetIdOf(bob), id);
  await rules.change(alice, (own) => withoutRule(own, "room", "!r:test"));
  await rules.change(alice, (own) => withChange(own, "underride", ".m.rule.message", { enabled: true }));
  assert.equal(await rules.ruleSetIdOf(alice), "");
  assert.equal(await open().rulesetOf(alice), defaultPushRulesWithLegacyMentions);
});

eachDatabase("what is set for a room is copied to its successor, once, and as enabled as it was", async (database) => {
  const { rules, add, disable } = await start(database);
  const [fromRoom, toRoom] = ["!old:test", "!new$&:test"];
  await add(alice, "room", rule("!other:test"));
  await add(alice, "room", rule(fromRoom, { actions: ["notify"] }));
  await disable(alice, "room", fromRoom);
  await add(alice, "override", rule("quiet", { conditions: [about(fromRoom), { kind: "org.x" }] }));
  await add(alice, "override", rule(fromRoom, { conditions: [about(fromRoom)] }));
  await add(alice, "override", rule("!other:test", { conditions: [about("!other:test")] }));
  await rules.copyRoomRules({ userId: alice, fromRoom, toRoom });
  const copied = await rules.rulesetOf(alice);
  assert.deepEqual(copied.room, [
    rule(toRoom, { actions: ["notify"], enabled: false }),
    rule(fromRoom, { actions: ["notify"], enabled: false }),
    rule("!other:test"),
  ]);
  assert.deepEqual(
    copied.override.filter((each) => !each.default).map(({ rule_id, conditions }) => [rule_id, conditions]),
    [
      ["!other:test", [about("!other:test")]],
      [toRoom, [about(toRoom)]],
      [fromRoom, [about(fromRoom)]],
      [`quiet ${toRoom}`, [about(toRoom), { kind: "org.x" }]],
      ["quiet", [about(fromRoom), { kind: "org.x" }]],
    ],
  );
  await rules.change(alice, (own) => withChange(own, "room", toRoom, { enabled: true }));
  const before = await rules.rulesetOf(alice);
  await rules.copyRoomRules({ userId: alice, fromRoom, toRoom });
  assert.equal(await rules.rulesetOf(alice), before);
});

eachDatabase("a change is published once it is durable; what changes nothing is not", async (database) => {
  const { add, rules, bus } = await start(database);
  const changes: Change[] = [];
  bus.subscribe((announcement) => changes.push(...announcement.changes));
  await add(alice, "room", rule("!r:test"));
  await add(alice, "room", rule("!r:test"));
  await rules.copyRoomRules({ userId: bob, fromRoom: "!r:test", toRoom: "!s:test" });
  assert.deepEqual(
    changes.map(({ kind, userId }) => [kind, userId]),
    [
      ["account_data", alice],
      ["push_rules", alice],
    ],
  );
});

eachDatabase("rules go with the account", async (database) => {
  const { add, users, rules, open } = await start(database);
  await users.accounts.create({ userId: alice });
  await add(alice, "room", rule("!r:test"));
  await users.accounts.deactivate(alice);
  assert.equal(await rules.ruleSetIdOf(alice), "");
  assert.equal(await open().ruleSetIdOf(alice), "");
});

onSqlite("what could not be stored is not there, and the next change does not bring it", async (database) => {
  const brittle = new BrittleDatabase(database);
  const { add, rules } = await start(brittle);
  await add(alice, "room", rule("!kept:test"));
  brittle.isAvailable = false;
  const lost = ["!a:test", "!b:test"].map(async (ruleId) => await add(alice, "room", rule(ruleId)));
  for (const outcome of await Promise.allSettled(lost)) {
    assert.ok(outcome.status === "rejected" && outcome.reason instanceof DatabaseUnavailable);
  }
  brittle.isAvailable = true;
  await add(alice, "room", rule("!new:test"));
  const { room } = await rules.rulesetOf(alice);
  assert.deepEqual(
    room.map(({ rule_id }) => rule_id),
    ["!new:test", "!kept:test"],
  );
});

onSqlite("nobody sees a change before it is durable", async (database) => {
  const brittle = new BrittleDatabase(database);
  const { add, rules } = await start(brittle);
  await add(alice, "room", rule("!first:test"));
  brittle.hold();
  const second = add(alice, "room", rule("!second:test"));
  const third = add(alice, "room", rule("!third:test"));
  assert.equal((await rules.rulesetOf(alice)).room.length, 1);
  brittle.release();
  await Promise.all([second, third]);
  assert.equal((await rules.rulesetOf(alice)).room.length, 3);
});
