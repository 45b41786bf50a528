import assert from "node:assert/strict";
import { canonicalJson } from "../../src/protocol/json/canonical.ts";
import { checkCanonicalJson } from "../../src/protocol/json/check-canonical.ts";
import { parseJson, parseJsonWithNumbers } from "../../src/protocol/json/parse.ts";
import { readVectors, specTest } from "../support/spec.ts";

interface Pair {
  readonly input: string;
  readonly canonical: string;
}

interface Vectors {
  readonly vectors: readonly Pair[];
  readonly derived_vectors: readonly Pair[];
  readonly integer_range: { readonly min: number; readonly max: number };
  readonly rejected_by_strict_enforcement: { readonly values: readonly { readonly json: string }[] };
}

specTest("values are written as in the text", () => {
  const { vectors, derived_vectors: derived }: Vectors = readVectors("canonical-json");
  for (const { input, canonical } of [...vectors, ...derived]) {
    assert.equal(canonicalJson(parseJson(input)), canonical);
    assert.deepEqual(allowedOf(canonical), true, canonical);
  }
});

specTest("the range of integers is that of the text", () => {
  const { min, max } = (readVectors("canonical-json") satisfies Vectors).integer_range;
  for (const value of [min, max]) assert.deepEqual(checkCanonicalJson(value), { allowed: true });
  for (const value of [min - 1, max + 1]) {
    assert.partialDeepStrictEqual(checkCanonicalJson(value), { allowed: false, rule: "canonical-json.range" });
  }
});

specTest("strict enforcement refuses what it must", () => {
  const { values } = (readVectors("canonical-json") satisfies Vectors).rejected_by_strict_enforcement;
  for (const { json } of values) assert.equal(allowedOf(json), false, json);
});

specTest("strict enforcement refuses the negative zero and exponents, which an encoder would write as integers", () => {
  assert.equal(allowedOf('{"a":-0}'), false);
  assert.equal(allowedOf('{"b":1e10}'), false);
});

function allowedOf(text: string): boolean {
  try {
    const { value, oddNumbers } = parseJsonWithNumbers(text);
    return checkCanonicalJson(value, oddNumbers).allowed;
  } catch (error) {
    assert(error instanceof SyntaxError);
    return false;
  }
}
