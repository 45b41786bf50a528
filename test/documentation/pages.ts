import { renderConfigurationPage } from "../../src/config/documentation.ts";
import { renderConformancePage } from "../conformance/page.ts";
import { renderCompliancePage } from "../contract/compliance.ts";
import { readModules } from "../contract/our-modules.ts";
import { releases } from "../contract/specification.ts";

/** A page of `docs/` that is made from the code. */
export type Page = {
  /** Relative to the repository. */
  readonly file: string;
  /** `undefined` when what the page is made from is not there. */
  readonly render: () => Promise<string | undefined>;
};

/** Every page that `npm run docs` writes. */
export const pages: readonly Page[] = [
  { file: "docs/conformance.md", render: async () => renderConformancePage() },
  { file: "docs/configuration.md", render: async () => renderConfigurationPage() },
  {
    file: "docs/compliance.md",
    render: async () => (releases === undefined ? undefined : renderCompliancePage(await readModules(), releases)),
  },
];
