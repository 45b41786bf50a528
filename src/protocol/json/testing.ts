// What property tests draw JSON from.

import * as fc from "fast-check";
import type { JsonObject, JsonValue } from "./json.ts";

/** Texts with characters on both sides of the surrogates, where orders of UTF-16 and of code points differ. */
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 8 }),
  fc
    .array(fc.constantFrom("a", "b", "é", "日", "\uffee", "\u{1f600}", "\u0000", '"', "\\"), { maxLength: 4 })
    .map((parts) => parts.join("")),
);
const name = fc.oneof(text, fc.constantFrom("__proto__", "constructor", "10", "9", ""));

const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger().map((number) => number + 0),
    text,
    fc.array(tie("value"), { maxLength: 4 }),
    objectOf(tie("value")),
  ),
}));

/** Values that canonical JSON, in its strict sense, can say. */
export const canonicalValues: fc.Arbitrary<JsonValue> = value;

/** Objects of such values. */
export const canonicalObjects: fc.Arbitrary<JsonObject> = objectOf(value);

/** By entries: assigning would lose a member called `__proto__`. */
function objectOf(values: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonObject> {
  return fc
    .uniqueArray(fc.tuple(name, values), { maxLength: 6, selector: ([key]) => key })
    .map((entries) => Object.fromEntries(entries));
}
