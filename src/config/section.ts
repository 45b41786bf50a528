import type { Static, TSchema } from "typebox";

/** What a section needs to know beyond its own value. */
export interface ResolveContext {
  /** Absolute path of the folder that relative paths of the file start from. */
  readonly folder: string;
  /** Absolute path of `data_dir`. */
  readonly dataDir: string;
  /** Reports a problem that the schema cannot state. `path` is relative to the section: `["0", "port"]`. */
  readonly problem: (path: readonly string[], message: string) => void;
}

/**
 * One key at the top level of the configuration file. The schema gives the type of the written form, its check, its
 * default and (by `description`) its documentation; `resolve` makes of it what the program uses.
 */
export interface Section<S extends TSchema, T> {
  readonly key: string;
  readonly schema: S;
  readonly resolve: (written: Static<S>, context: ResolveContext) => T;
}

/** Gives a section its types; does nothing at run time. */
export function section<S extends TSchema, T>(spec: Section<S, T>): Section<S, T> {
  return spec;
}
