import assert from "node:assert/strict";
import { defaultPushRules, defaultPushRulesV1_4 } from "../../src/protocol/push/default-rules.ts";
import {
  ownLocalpart,
  ownUserId,
  personalisePushRules,
  type PushRulesetJson,
} from "../../src/protocol/push/ruleset.ts";
import { readVectors, specTest } from "../support/spec.ts";

type Vectors = Record<"v1.4" | "v1.19", { readonly global: PushRulesetJson }>;

specTest("the server's rules are those of the text, of v1.4 and of the newest version", () => {
  const vectors: Vectors = readVectors("push-rules-default");
  assert.deepEqual(defaultPushRules, vectors["v1.19"].global);
  assert.deepEqual(defaultPushRulesV1_4, vectors["v1.4"].global);
});

specTest("no placeholder is left in what the owner of the rules sees", () => {
  for (const rules of [defaultPushRules, defaultPushRulesV1_4]) {
    const text = JSON.stringify(personalisePushRules(rules, "@alice:example.org", "alice"));
    assert.ok(text.includes("@alice:example.org"));
    assert.ok(!text.includes(ownUserId) && !text.includes(ownLocalpart));
  }
});
