import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const besideTheCheckout = join(import.meta.dirname, "../../../shared/spec");

/**
 * The specification as data. `HEDDLE_SPEC` names another folder. `undefined` when there is none, as in a plain clone:
 * the tests that need it are then left out, saying so.
 */
export const specFolder: string | undefined = findSpec();

function findSpec(): string | undefined {
  const folder = process.env["HEDDLE_SPEC"] ?? besideTheCheckout;
  return existsSync(folder) ? folder : undefined;
}

/** The parsed content of `vectors/<name>.json`. Untyped, as `JSON.parse` is: the test states the shape that it knows. */
export const readVectors = (name: string) =>
  JSON.parse(readFileSync(join(specFolder ?? besideTheCheckout, "vectors", `${name}.json`), "utf8"));

/** A test that reads the specification; left out where there is none. */
export function specTest(name: string, run: () => void | Promise<void>): void {
  const skip = specFolder === undefined ? "no specification beside the checkout" : false;
  test(name, { skip }, run);
}
