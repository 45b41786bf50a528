import assert from "node:assert/strict";
import { test } from "node:test";
import { formatFor, tasteOf } from "./taste.ts";

test("what a client takes is read from its Accept", () => {
  const tastes: [string | undefined, string][] = [
    [undefined, "usual"],
    [" ", "usual"],
    ["*/*", "usual"],
    ["image/*;q=0.8, text/html", "usual"],
    ["image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", "webp"],
    ["IMAGE/WEBP ; q=0.5, image/jpeg", "webp"],
    ["image/webp", "only-webp"],
    ["image/webp, image/jpeg;q=0.000, */*", "only-webp"],
    ["image/webp;q=0, */*", "no-webp"],
    ["image/png, image/jpeg", "no-webp"],
    ["application/json", "no-webp"],
    ["nonsense;;;,,", "no-webp"],
  ];
  for (const [accept, taste] of tastes) assert.equal(tasteOf(accept), taste, String(accept));
});

test("the format is what the image needs and the client takes", () => {
  const [moving, opaque, clear] = [
    { isMoving: true, isOpaque: false },
    { isMoving: false, isOpaque: true },
    { isMoving: false, isOpaque: false },
  ];
  const formats = (["usual", "webp", "only-webp", "no-webp"] as const).map((taste) =>
    [moving, opaque, clear].map((image) => formatFor(taste, image)),
  );
  assert.deepEqual(formats, [
    ["webp", "jpeg", "png"],
    ["webp", "jpeg", "webp"],
    ["webp", "webp", "webp"],
    ["gif", "jpeg", "png"],
  ]);
});
