import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { formatPropertyPath, parsePropertyPath, pickProperties, readProperty } from "./dot-path.ts";

test("every path survives being written and read", () => {
  const name = fc.string({ unit: fc.constantFrom("a", ".", "\\", "x") });
  fc.assert(
    fc.property(fc.array(name, { minLength: 1 }), (path) => {
      assert.deepEqual(parsePropertyPath(formatPropertyPath(path)), path);
    }),
  );
});

test("an unknown escape is two ordinary characters", () => {
  assert.deepEqual(parsePropertyPath("a\\x.b"), ["a\\x", "b"]);
});

test("a property is found by its own name only, never by inheritance or inside an array", () => {
  const event = { content: { "m.relates_to": { rel_type: "m.thread" }, list: ["a"] } };
  assert.equal(readProperty(event, ["content", "m.relates_to", "rel_type"]), "m.thread");
  assert.equal(readProperty(event, ["content", "constructor"]), undefined);
  assert.equal(readProperty(event, ["content", "list", "0"]), undefined);
});

test("picked properties keep their nesting, and absent ones leave nothing", () => {
  const event = { type: "t", content: { body: "b", url: "u" }, unsigned: { age: 1 } };
  assert.deepEqual(pickProperties(event, [["content", "body"], ["type"], ["sender"]]), {
    type: "t",
    content: { body: "b" },
  });
  assert.deepEqual(pickProperties(event, [["content", "body"], ["content"]]), { content: event.content });
});
