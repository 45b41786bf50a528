import assert from "node:assert/strict";
import { test } from "node:test";
import { Type } from "typebox";
import { withDefaults } from "./defaults.ts";

const limit = Type.Object(
  { burst: Type.Integer({ default: 5 }), perSecond: Type.Number() },
  { default: { perSecond: 1 } },
);

test("what is not said has its default, also within a default and in every entry of a list", () => {
  const schema = Type.Object({ name: Type.String({ default: "x" }), limit, others: Type.Array(limit) });
  assert.deepEqual(withDefaults(schema, { others: [{}, { burst: 2, perSecond: 3 }] }), {
    name: "x",
    limit: { burst: 5, perSecond: 1 },
    others: [{ burst: 5 }, { burst: 2, perSecond: 3 }],
  });
});

test("what is said stays, null and unknown members too; what has no default stays absent", () => {
  const schema = Type.Object({
    name: Type.Union([Type.Null(), Type.String()], { default: "x" }),
    note: Type.Optional(Type.String()),
  });
  assert.deepEqual(withDefaults(schema, { name: null, more: 1 }), { name: null, more: 1 });
});

test("in a union the defaults are those of the branch that the value fits", () => {
  const file = Type.Object({ kind: Type.Literal("file"), folder: Type.String({ default: "." }) });
  const mail = Type.Object({ kind: Type.Literal("mail"), port: Type.Integer({ default: 25 }) });
  const schema = Type.Union([Type.Literal("off"), file, mail], { default: "off" });
  assert.deepEqual(withDefaults(schema, { kind: "mail" }), { kind: "mail", port: 25 });
  assert.equal(withDefaults(schema, undefined), "off");
});

test("the schema's own default is not changed by what is made of it", () => {
  const schema = Type.Unknown({ default: { names: ["a"] } });
  const made = withDefaults(schema, undefined);
  assert.ok(typeof made === "object" && made !== null && "names" in made && Array.isArray(made.names));
  made.names.push("b");
  assert.deepEqual(withDefaults(schema, undefined), { names: ["a"] });
});
