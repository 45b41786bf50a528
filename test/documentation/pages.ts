import { renderConfigurationPage } from "../../src/config/documentation.ts";

/** A page of `docs/` that is made from the code. */
export type Page = {
  /** Relative to the repository. */
  readonly file: string;
  /** `undefined` when what the page is made from is not there. */
  readonly render: () => string | undefined;
};

/** Every page that `npm run docs` writes. */
export const pages: readonly Page[] = [{ file: "docs/configuration.md", render: renderConfigurationPage }];
