import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { boxFor, fit, type Size, sizeFor } from "./size.ts";

const sideUpTo = (max: number) => fc.integer({ min: 1, max });
const sizes = fc.record({ width: sideUpTo(4000), height: sideUpTo(4000) });
const methods = fc.constantFrom("crop" as const, "scale" as const);
const ratio = ({ width, height }: Size): number => width / height;

test("neither side is below what is wanted, unless the image is, and nothing is made larger", () => {
  fc.assert(
    fc.property(sizes, sizes, methods, (image, wanted, method) => {
      const { width, height } = fit(image, sizeFor(wanted, method), method) ?? image;
      assert.ok(width <= image.width && height <= image.height);
      if (image.width < wanted.width || image.height < wanted.height) return;
      assert.ok(width >= wanted.width && height >= wanted.height);
    }),
  );
});

test("what is scaled keeps its proportions, what is cut has those that are wanted", () => {
  fc.assert(
    fc.property(sizes, sizes, methods, (image, wanted, method) => {
      const made = fit(image, sizeFor(wanted, method), method);
      const shorter = Math.min(made?.width ?? 0, made?.height ?? 0);
      // Of a few pixels no proportions can be told.
      if (!made || shorter < 8) return;
      const expected = ratio(method === "crop" ? wanted : image);
      assert.ok(Math.abs(Math.log(ratio(made) / expected)) <= 3 / shorter, "as near as whole pixels allow");
    }),
  );
});

test("sizes wanted come to few", () => {
  const boxes = fc.sample(sizes, 1000).map((size) => JSON.stringify(boxFor(size)));
  assert.ok(new Set(boxes).size <= 7);
  const squares = Array.from({ length: 800 }, (_, index) => sizeFor({ width: index + 1, height: index + 1 }, "crop"));
  assert.equal(new Set(squares.map(({ width }) => width)).size, 10);
});

test("sizes of the text are made as they are", () => {
  assert.deepEqual(sizeFor({ width: 96, height: 96 }, "crop"), { width: 96, height: 96 });
  assert.deepEqual(sizeFor({ width: 33, height: 22 }, "crop"), { width: 64, height: 128 / 3 });
  assert.deepEqual(sizeFor({ width: 800, height: 600 }, "scale"), { width: 800, height: 600 });
  assert.deepEqual(sizeFor({ width: 801, height: 10 }, "crop"), { width: 1200, height: 12_000 / 801 });
  // The image is just as wide as what is wanted.
  const narrow = { width: 1, height: 17 };
  assert.deepEqual(fit({ width: 1, height: 33 }, sizeFor(narrow, "crop"), "crop"), narrow);
  const photo = { width: 4000, height: 3000 };
  assert.deepEqual(fit(photo, { width: 800, height: 600 }, "scale"), { width: 800, height: 600 });
  assert.deepEqual(fit(photo, { width: 32, height: 32 }, "scale"), { width: 43, height: 32 });
  assert.deepEqual(fit({ width: 100, height: 300 }, { width: 200, height: 100 }, "crop"), { width: 100, height: 50 });
  assert.equal(fit({ width: 20, height: 10 }, { width: 32, height: 32 }, "crop"), undefined);
  assert.equal(fit({ width: 3000, height: 400 }, { width: 800, height: 600 }, "scale"), undefined);
});
