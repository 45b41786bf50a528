import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalEmail, toIdentifier } from "./address.ts";
import { canonicalPhone } from "./phone-number.ts";

test("addresses that are the same to Unicode are the same", () => {
  assert.equal(canonicalEmail("Strauß@Example.com"), "strauss@example.com");
  assert.equal(canonicalEmail("ΟΔΥΣΣΕΥΣ@example.org"), canonicalEmail("οδυσσευς@example.org"));
  assert.equal(canonicalEmail("ALICE+Tag@EXAMPLE.ORG"), "alice+tag@example.org");
});

test("a dotless i is no i: mail for one person is not another's", () => {
  assert.equal(canonicalEmail("mıke@example.org"), "mıke@example.org");
  assert.notEqual(canonicalEmail("mıke@example.org"), canonicalEmail("mike@example.org"));
});

test("numbers become E.164 without the plus, as dialled from their country", () => {
  assert.deepEqual(canonicalPhone("07700 900001", "GB"), { address: "447700900001", callingCode: "44" });
  assert.deepEqual(canonicalPhone("+49 151 12345678", "GB"), { address: "4915112345678", callingCode: "49" });
  for (const country of ["gb", "XX", "toString", ""]) assert.equal(canonicalPhone("07700 900001", country), undefined);
  assert.equal(canonicalPhone("07700 900001", undefined), undefined);
});

test("identifiers of media that are not known are none", async () => {
  assert.deepEqual(await toIdentifier("msisdn", "+447700900001"), { medium: "msisdn", address: "447700900001" });
  assert.equal(await toIdentifier("fax", "447700900001"), undefined);
});
