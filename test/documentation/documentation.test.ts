import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../support/source-files.ts";
import { pages } from "./pages.ts";

for (const { file, render } of pages) {
  const text = await render();
  const skip = text === undefined ? "no specification beside the checkout" : false;
  test(`${file} says what the code does (npm run docs writes it)`, { skip }, () => {
    assert.equal(readFileSync(join(root, file), "utf8"), text);
  });
}
