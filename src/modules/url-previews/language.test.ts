import assert from "node:assert/strict";
import { test } from "node:test";
import { languagesOf } from "./language.ts";

test("languages are told in order and in one form, and nothing else of the header is", () => {
  const cases: [string | undefined, string][] = [
    [undefined, "en"],
    ["", "en"],
    ["*", "en"],
    ["de", "de"],
    ["en;q=0.5,de", "de, en;q=0.9"],
    ["de, de;q=0.8, fr;q=0", "de"],
    ["x-secret, zz-1234567890123, <script>, de-CH-1996", "de-CH-1996"],
    ["aa,bb,cc,dd,ee,ff", "aa, bb;q=0.9, cc;q=0.8, dd;q=0.7"],
    ["de\r\nx: y", "en"],
    ["a,".repeat(10_000), "en"],
  ];
  for (const [header, expected] of cases) assert.equal(languagesOf(header, "en"), expected, header ?? "none");
});
