/** `npm run docs`: writes the pages that are made from the code. Tests fail when one of them is stale. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pages } from "../test/documentation/pages.ts";
import { root } from "./static-checks.ts";

for (const { file, render } of pages) {
  const text = await render();
  if (text !== undefined) writeFileSync(join(root, file), text);
  process.stdout.write(text === undefined ? `${file}: left as it is, its source is absent\n` : `${file}: written\n`);
}
