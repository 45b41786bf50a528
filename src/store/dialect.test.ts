import assert from "node:assert/strict";
import { test } from "node:test";
import { array, assert as assertProperty, constantFrom, property } from "fast-check";
import { toSqlite } from "./dialect.ts";
import { decodeText, encodeText } from "./postgresql/text.ts";

test("parameters are rewritten for SQLite, quoted text and comments are not", () => {
  assert.equal(
    toSqlite(`SELECT '$1', "$2", 'it''s $3' FROM t WHERE a = $1 AND b = $12 -- $4`),
    `SELECT '$1', "$2", 'it''s $3' FROM t WHERE a = ?1 AND b = ?12 -- $4`,
  );
});

test("text for PostgreSQL has no NUL and comes back as it was", () => {
  const character = constantFrom("\0", "\uFDD0", "0", "1", "a", "\uFDD1");
  assertProperty(
    property(array(character), (characters) => {
      const text = characters.join("");
      const encoded = encodeText(text);
      assert.ok(!encoded.includes("\0"));
      assert.equal(decodeText(encoded), text);
    }),
  );
});
