import assert from "node:assert/strict";
import { path, refusal, type SyncJson, type TestClient } from "../../../test/support/client.ts";
import { homeserverTests } from "../../../test/support/homeserver.ts";
import type { JsonObject } from "../../protocol/json/json.ts";
import { pushRuleKinds, type PushRulesetJson } from "../../protocol/push/ruleset.ts";

const it = homeserverTests();

const rulesOf = async (user: TestClient): Promise<PushRulesetJson> =>
  (await user.get<{ global: PushRulesetJson }>("pushrules/")).global;

const idsOf = async (user: TestClient, kind: keyof PushRulesetJson): Promise<string[]> =>
  (await rulesOf(user))[kind].map(({ rule_id }) => rule_id);

const rule = (kind: string, ruleId: string, query = ""): string => path`pushrules/global/${kind}/${ruleId}` + query;

/** The `m.push_rules` of a sync answer. */
const told = (answer: SyncJson): object | undefined =>
  answer.account_data?.events.find(({ type }) => type === "m.push_rules");

const notice: JsonObject = { kind: "event_match", key: "content.msgtype", pattern: "m.notice" };
const notify = { actions: ["notify"] };

it("a rule of each kind is made, seen everywhere, and enabled", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const wanted: [string, string, JsonObject][] = [
    ["room", "#spam:example.com", {}],
    ["sender", "@bob:example.com", {}],
    ["content", "тест", { pattern: "тест" }],
    ["override", "my_override", { conditions: [notice] }],
    ["underride", "my_underride", { conditions: [notice] }],
  ];
  for (const [kind, ruleId, rest] of wanted) {
    assert.deepEqual(await alice.put(rule(kind, ruleId), { ...notify, ...rest }), {});
    const made = { rule_id: ruleId, default: false, enabled: true, ...notify, ...rest };
    assert.deepEqual(await alice.get(rule(kind, ruleId)), made);
    assert.deepEqual(await alice.get(`${rule(kind, ruleId)}/enabled`), { enabled: true });
    assert.deepEqual(await alice.get(`${rule(kind, ruleId)}/actions`), notify);
    for (const list of [
      await alice.get<object[]>(`pushrules/global/${kind}/`),
      (await alice.get<Record<string, object[]>>("pushrules/global/"))[kind],
      new Map<string, unknown>(Object.entries(await rulesOf(alice))).get(kind),
    ])
      assert.ok(Array.isArray(list) && list.some((each) => "rule_id" in each && each.rule_id === ruleId));
  }
});

it("new rules come first, or right before or after another", async (homeserver) => {
  const alice = await homeserver.register("alice");
  for (const ruleId of ["a", "b"]) await alice.put(rule("room", ruleId), notify);
  assert.deepEqual(await idsOf(alice, "room"), ["b", "a"]);
  await alice.put(rule("room", "c", "?before=a"), notify);
  assert.deepEqual(await idsOf(alice, "room"), ["b", "c", "a"]);
  await alice.put(rule("room", "d", "?after=b"), notify);
  assert.deepEqual(await idsOf(alice, "room"), ["b", "d", "c", "a"]);
  await alice.put(rule("room", "e", "?after=b&before=a"), notify);
  assert.deepEqual(await idsOf(alice, "room"), ["b", "d", "c", "e", "a"]);
  await alice.put(rule("room", "b", "?after=a"), notify);
  assert.deepEqual(await idsOf(alice, "room"), ["d", "c", "e", "a", "b"]);
});

it("the user's own rules stand above those of the server, but for the master rule", async (homeserver) => {
  const alice = await homeserver.register("alice");
  await alice.put(rule("override", "mine"), notify);
  await alice.put(rule("underride", "mine"), notify);
  assert.deepEqual((await idsOf(alice, "override")).slice(0, 2), [".m.rule.master", "mine"]);
  assert.equal((await idsOf(alice, "underride"))[0], "mine");
});

it("there is nothing relative to rules that are not the user's own", async (homeserver) => {
  const alice = await homeserver.register("alice");
  await alice.put(rule("override", "there"), notify);
  for (const query of ["?before=.m.rule.master", "?after=.m.rule.master", "?before=nowhere", "?after=mine"]) {
    assert.equal(await refusal(alice.put(rule("override", "mine", query), notify)), "400 M_UNKNOWN", query);
  }
  assert.ok(!(await idsOf(alice, "override")).includes("mine"));
});

it("a rule that is written again is replaced where it stands, and stays disabled", async (homeserver) => {
  const alice = await homeserver.register("alice");
  for (const ruleId of ["a", "b", "c"]) await alice.put(rule("content", ruleId), { ...notify, pattern: ruleId });
  await alice.put(`${rule("content", "b")}/enabled`, { enabled: false });
  const rest = { pattern: "new", actions: ["notify", { set_tweak: "highlight" }] };
  await alice.put(rule("content", "b"), rest);
  await alice.put(rule("content", "b"), rest);
  assert.deepEqual(await idsOf(alice, "content"), ["c", "b", "a", ".m.rule.contains_user_name"]);
  assert.deepEqual(await alice.get(rule("content", "b")), { rule_id: "b", default: false, enabled: false, ...rest });
});

it("a rule is deleted once; the server's never", async (homeserver) => {
  const alice = await homeserver.register("alice");
  for (const ruleId of ["a", "b"]) await alice.put(rule("room", ruleId), notify);
  assert.deepEqual(await alice.delete(rule("room", "a")), {});
  assert.deepEqual(await idsOf(alice, "room"), ["b"]);
  for (const [kind, ruleId] of [
    ["room", "a"],
    ["sender", "b"],
    ["override", ".m.rule.master"],
  ] as const) {
    assert.equal(await refusal(alice.delete(rule(kind, ruleId))), "404 M_NOT_FOUND", ruleId);
  }
  assert.equal((await idsOf(alice, "override"))[0], ".m.rule.master");
});

it("every default rule can be disabled, enabled and given other actions", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const before = await rulesOf(alice);
  for (const kind of pushRuleKinds) {
    for (const { rule_id: ruleId, enabled, actions } of before[kind]) {
      await alice.put(`${rule(kind, ruleId)}/enabled`, { enabled: !enabled });
      assert.deepEqual(await alice.get(`${rule(kind, ruleId)}/enabled`), { enabled: !enabled });
      await alice.put(`${rule(kind, ruleId)}/actions`, { actions: ["dont_notify"] });
      assert.deepEqual(await alice.get(`${rule(kind, ruleId)}/actions`), { actions: ["dont_notify"] });
      await alice.put(`${rule(kind, ruleId)}/enabled`, { enabled });
      await alice.put(`${rule(kind, ruleId)}/actions`, { actions });
    }
  }
  assert.deepEqual(await rulesOf(alice), before);
});

it("rules that are not there are not found", async (homeserver) => {
  const alice = await homeserver.register("alice");
  for (const [kind, ruleId] of [
    ["override", ".not.a.default.rule"],
    ["underride", ".m.rule.master"],
    ["sender", "@bob:example.com"],
  ] as const) {
    const to = rule(kind, ruleId);
    assert.equal(await refusal(alice.get(to)), "404 M_NOT_FOUND");
    assert.equal(await refusal(alice.get(`${to}/enabled`)), "404 M_NOT_FOUND");
    assert.equal(await refusal(alice.get(`${to}/actions`)), "404 M_NOT_FOUND");
    assert.equal(await refusal(alice.put(`${to}/enabled`, { enabled: true })), "404 M_NOT_FOUND");
    assert.equal(await refusal(alice.put(`${to}/actions`, notify)), "404 M_NOT_FOUND");
  }
});

it("rules of a wrong shape are refused, and nothing is stored", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const before = await rulesOf(alice);
  const wrong: [string, string, unknown, string][] = [
    ["override", ".mine", notify, "M_INVALID_PARAM"],
    ["override", "a/b", notify, "M_INVALID_PARAM"],
    ["override", "a\\b", notify, "M_INVALID_PARAM"],
    ["override", "x".repeat(256), notify, "M_INVALID_PARAM"],
    ["nonsense", "a", notify, "M_INVALID_PARAM"],
    ["override", "a", {}, "M_MISSING_PARAM"],
    ["override", "a", { actions: "notify" }, "M_BAD_JSON"],
    ["override", "a", { actions: [1] }, "M_BAD_JSON"],
    ["override", "a", { actions: ["not_an_action"] }, "M_INVALID_PARAM"],
    ["override", "a", { actions: Array.from({ length: 51 }, () => "notify") }, "M_INVALID_PARAM"],
    ["override", "a", { ...notify, conditions: {} }, "M_BAD_JSON"],
    ["override", "a", { ...notify, conditions: [{}] }, "M_INVALID_PARAM"],
    ["override", "a", { ...notify, conditions: [{ kind: "event_property_is", value: {} }] }, "M_INVALID_PARAM"],
    ["override", "", notify, "M_INVALID_PARAM"],
    ["content", "a", notify, "M_MISSING_PARAM"],
    ["content", "a", { ...notify, pattern: 1 }, "M_BAD_JSON"],
    ["content", "a", { ...notify, pattern: "x".repeat(256) }, "M_INVALID_PARAM"],
    ["override", "a", [], "M_BAD_JSON"],
  ];
  for (const [kind, ruleId, body, errcode] of wrong) {
    assert.equal(await refusal(alice.put(rule(kind, ruleId), body)), `400 ${errcode}`, JSON.stringify(body));
  }
  const master = rule("override", ".m.rule.master");
  assert.equal(await refusal(alice.put(`${master}/enabled`, {})), "400 M_MISSING_PARAM");
  assert.equal(await refusal(alice.put(`${master}/enabled`, { enabled: 1 })), "400 M_BAD_JSON");
  assert.equal(await refusal(alice.put(`${master}/actions`, {})), "400 M_MISSING_PARAM");
  assert.equal(await refusal(alice.put(`${master}/actions`, { actions: {} })), "400 M_BAD_JSON");
  const tooMany = Array.from({ length: 51 }, () => "notify");
  assert.equal(await refusal(alice.put(`${master}/actions`, { actions: tooMany })), "400 M_INVALID_PARAM");
  assert.deepEqual(await rulesOf(alice), before);
});

it("there is no scope but the global one", async (homeserver) => {
  const alice = await homeserver.register("alice");
  assert.equal(await refusal(alice.put("pushrules/other/override/a", notify)), "400 M_INVALID_PARAM");
  assert.equal(await refusal(alice.get("pushrules/other/override/")), "400 M_INVALID_PARAM");
  assert.equal(await refusal(alice.put("pushrules/device/tag/override/a", notify)), "400 M_UNRECOGNIZED");
});

it("paths that no rule has are refused", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const master = rule("override", ".m.rule.master");
  assert.equal(await refusal(alice.get(`${master}/colour`)), "400 M_UNRECOGNIZED");
  assert.equal(await refusal(alice.put(`${master}/colour`, { enabled: true })), "400 M_UNRECOGNIZED");
  for (const to of ["pushrules/", "pushrules/global", "pushrules/global/", "pushrules/global/room"]) {
    assert.equal(await refusal(alice.put(to, notify)), "400 M_UNRECOGNIZED", to);
  }
});

it("room and sender rules, and unknown conditions and actions, are taken as they are", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const odd = "!with/slash\u0000 ü%:example.com";
  await alice.put(rule("room", odd), { actions: ["org.x", { org: 1 }] });
  const unknown = { kind: "org.x", other: { deep: [null] } };
  await alice.put(rule("override", "unknown"), { ...notify, conditions: [unknown] });
  assert.deepEqual((await rulesOf(alice)).room[0]?.actions, ["org.x", { org: 1 }]);
  assert.deepEqual((await alice.get(rule("override", "unknown")))["conditions"], [unknown]);
  assert.deepEqual(await alice.delete(rule("room", odd)), {});
});

it("names of prototypes are names", async (homeserver) => {
  const alice = await homeserver.register("alice");
  for (const ruleId of ["__proto__", "constructor"]) {
    assert.equal(await refusal(alice.get(rule("override", ruleId))), "404 M_NOT_FOUND");
    await alice.put(rule("override", ruleId), notify);
    assert.equal((await alice.get(rule("override", ruleId)))["rule_id"], ruleId);
  }
});

it("changes at the same time are all kept, over a restart too", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const ruleIds = Array.from({ length: 20 }, (_, index) => `!r${index}:example.com`);
  await Promise.all([
    ...ruleIds.map(async (ruleId) => await alice.put(rule("room", ruleId), notify)),
    alice.put(`${rule("override", ".m.rule.master")}/enabled`, { enabled: true }),
  ]);
  assert.deepEqual((await idsOf(alice, "room")).toSorted(), ruleIds.toSorted());
  const before = await rulesOf(alice);
  assert.equal(before.override[0]?.enabled, true);
  await homeserver.restart();
  assert.deepEqual(await rulesOf(alice), before);
});

it("the number of rules is limited, and all of them together", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const conditions = Array.from({ length: 50 }, () => ({ kind: "org.x", filling: "x".repeat(5_000) }));
  await alice.put(rule("override", "large"), { ...notify, conditions });
  assert.equal(await refusal(alice.put(rule("override", "larger"), { ...notify, conditions })), "413 M_TOO_LARGE");
  await alice.delete(rule("override", "large"));
  const names = Array.from({ length: 1_000 }, (_, index) => `r${index}`);
  await Promise.all(names.map(async (name) => await alice.put(rule("sender", name), notify)));
  assert.equal(await refusal(alice.put(rule("sender", "more"), notify)), "413 M_TOO_LARGE");
  await alice.put(rule("sender", "r7"), { actions: [] });
  await alice.delete(rule("sender", "r8"));
  await alice.put(rule("sender", "more"), notify);
});

it("all clients of the user are told when rules change, and nobody else", async (homeserver) => {
  const alice = await homeserver.register("alice");
  const phone = await homeserver.otherDeviceOf(alice);
  const bob = await homeserver.register("bob");

  const first = await phone.sync();
  assert.deepEqual(told(first), { type: "m.push_rules", content: { global: await rulesOf(alice) } });
  const bobs = await bob.sync();
  const waiting = phone.syncUntil(first.next_batch, (answer) => told(answer) !== undefined);
  await alice.put(rule("room", "!r:example.com"), notify);
  const second = await waiting;
  assert.deepEqual(told(second), { type: "m.push_rules", content: { global: await rulesOf(alice) } });
  // What changes nothing is not told.
  await alice.put(rule("room", "!r:example.com"), notify);
  assert.equal(told(await phone.sync({ since: second.next_batch })), undefined);
  assert.equal(told(await bob.sync({ since: bobs.next_batch })), undefined);
  assert.deepEqual(told(await phone.sync()), { type: "m.push_rules", content: { global: await rulesOf(alice) } });
  const data = await alice.get(path`user/${alice.userId}/account_data/m.push_rules`);
  assert.deepEqual(data, { global: await rulesOf(alice) });
});

it("guests have no push rules", async (homeserver) => {
  const guest = await homeserver.register("guest", { isGuest: true });
  assert.equal(await refusal(guest.get("pushrules/")), "403 M_GUEST_ACCESS_FORBIDDEN");
  assert.equal(await refusal(guest.put(rule("room", "a"), notify)), "403 M_GUEST_ACCESS_FORBIDDEN");
});

it("what older clients ask for is there: r0, and paths without the last slash", async (homeserver) => {
  const alice = await homeserver.register("alice");
  await alice.put("/_matrix/client/r0/pushrules/global/room/a", notify);
  assert.equal((await alice.get("/_matrix/client/r0/pushrules/global/room/a"))["rule_id"], "a");
  assert.deepEqual(await alice.get("pushrules"), { global: await rulesOf(alice) });
  assert.deepEqual(await alice.get("pushrules/global"), await rulesOf(alice));
  assert.deepEqual(await alice.get("pushrules/global/room"), (await rulesOf(alice)).room);
});
