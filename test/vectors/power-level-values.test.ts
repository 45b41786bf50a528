import assert from "node:assert/strict";
import { readLevel } from "../../src/protocol/auth/level.ts";
import { rulesOf } from "../../src/protocol/auth/testing.ts";
import { readVectors, specTest } from "../support/spec.ts";

interface Vectors {
  readonly string: {
    readonly valid: readonly { readonly value: string; readonly level: number }[];
    readonly invalid_derived: readonly { readonly value: string }[];
  };
  readonly float: {
    readonly valid: readonly { readonly json: string; readonly level: number }[];
  };
}

const untilVersion9 = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
const sinceVersion10 = ["10", "11", "12"];

specTest("strings are levels until room version 9, in the form of the specification alone", () => {
  const { string }: Vectors = readVectors("power-level-values");
  for (const version of untilVersion9) {
    for (const { value, level } of string.valid) assert.equal(readLevel(value, rulesOf(version)), level, value);
    for (const { value } of string.invalid_derived) assert.equal(readLevel(value, rulesOf(version)), undefined, value);
  }
  for (const version of sinceVersion10) {
    for (const { value } of string.valid) assert.equal(readLevel(value, rulesOf(version)), undefined, value);
  }
});

specTest("the fraction of a float is dropped, and since room version 10 a float is no level", () => {
  const { float }: Vectors = readVectors("power-level-values");
  for (const { json, level } of float.valid) {
    for (const version of untilVersion9) assert.equal(readLevel(JSON.parse(json), rulesOf(version)), level, json);
    for (const version of sinceVersion10) assert.equal(readLevel(JSON.parse(json), rulesOf(version)), undefined, json);
  }
});
