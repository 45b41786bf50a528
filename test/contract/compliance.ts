/** `docs/compliance.md`: what of the specification is there, made from the endpoints and the lists of this folder. */
import type { Module } from "../../src/modules/module.ts";
import { answerExceptions, endpointExceptions } from "./exceptions.ts";
import { notBuiltYet } from "./not-built-yet.ts";
import { type Found, groupByName, type Release } from "./specification.ts";

const introduction = `<!-- Made by \`npm run docs\` from the endpoints and test/contract/: change those, not this. -->

# Compliance

How Heddle stands to the [Matrix specification](https://spec.matrix.org/v1.19/). Tests compare every endpoint with the
specification's own descriptions (methods, paths, authentication, required members) and the answers that the tests really
get with its response schemas; this page is what those tests know.
`;

const apis: Readonly<Record<string, string>> = {
  "client-server": "Client-server API",
  "server-server": "Server-server API",
  "application-service": "Application service API (requests to application services)",
  identity: "Identity service API",
  "push-gateway": "Push gateway API",
};

/** The whole page. */
export function renderCompliancePage(modules: readonly Module[], releases: readonly Release[]): string {
  const byName = groupByName(releases);
  const tables = Object.entries(apis).map(([api, title]) => {
    const rows = [...byName].filter(([name]) => name.startsWith(`${api} `));
    const builtCount = rows.filter(([name]) => !notBuiltYet.has(name)).length;
    return `## ${title}: ${builtCount} of ${rows.length} operations\n\n${renderOperations(rows)}\n`;
  });
  return [introduction, renderSections(modules), ...tables, renderExceptions()].join("\n");
}

function renderSections(modules: readonly Module[]): string {
  const rows = modules.flatMap(({ name, spec }) =>
    spec.map(({ section, link, status, missing = "" }) => {
      return `| [${section}](${link}) | \`${name}\` | ${status} | ${missing} |`;
    }),
  );
  return ["## Sections", "", "| section | module | status | missing |", "| --- | --- | --- | --- |", ...rows, ""].join(
    "\n",
  );
}

function renderOperations(rows: readonly (readonly [string, readonly Found[]])[]): string {
  const lines = rows.map(([name, [newest]]) => {
    const { method = "", path = "", operationId = "", deprecated = false } = newest?.operation ?? {};
    const status = notBuiltYet.has(name) ? "not yet" : "yes";
    return `| \`${method} ${path}\` | ${operationId}${deprecated ? " (deprecated)" : ""} | ${status} |`;
  });
  return ["| operation | name | built |", "| --- | --- | --- |", ...lines.toSorted()].join("\n");
}

function renderExceptions(): string {
  const all = Object.entries({ ...endpointExceptions, ...answerExceptions });
  const lines = all.map(([key, reason]) => `| \`${key}\` | ${reason} |`);
  return ["## Differences on purpose", "", "| where | why |", "| --- | --- |", ...lines.toSorted(), ""].join("\n");
}
