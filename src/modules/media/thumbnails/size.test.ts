import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { sizeFor } from "./size.ts";

const side = fc.integer({ min: 1, max: 32_768 });

test("a size is never below the one wanted, up to the largest, and there are few of them", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(side, side, fc.constantFrom("crop" as const, "scale" as const), (width, height, method) => {
      const size = sizeFor({ width, height }, method);
      seen.add(`${method} ${size.width} ${size.height}`);
      assert.ok(size.width <= 1600 && size.height <= 1216);
      if (width <= 1600 && height <= 1200) assert.ok(size.width >= width && size.height >= height);
    }),
  );
  assert.deepEqual(sizeFor({ width: 33, height: 33 }, "crop"), { width: 64, height: 64 });
  assert.deepEqual(sizeFor({ width: 3200, height: 2400 }, "crop"), { width: 1600, height: 1216 });
  assert.deepEqual(sizeFor({ width: 1, height: 300 }, "scale"), { width: 640, height: 480 });
  assert.ok([...seen].filter((each) => each.startsWith("scale")).length <= 6);
});
