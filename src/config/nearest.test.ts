import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "./nearest.ts";

test("a slip of the keyboard finds the word that was meant", () => {
  assert.equal(nearest("databse", ["data_dir", "database"]), "database");
  assert.equal(nearest("prot", ["host", "port"]), "port");
});

test("a word that is like none finds nothing", () => {
  assert.equal(nearest("bananas", ["host", "port"]), undefined);
});
