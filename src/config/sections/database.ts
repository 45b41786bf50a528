import { join, resolve } from "node:path";
import { Type } from "typebox";
import { section } from "../section.ts";

export type DatabaseConfig =
  | { readonly kind: "sqlite" /** Absolute path. */; readonly file: string }
  | { readonly kind: "postgresql" /** Connection URL with its password: never logged. */; readonly url: string };

export const database = section({
  key: "database",
  schema: Type.String({
    pattern: "^(sqlite|sqlite:.+|postgres(ql)?://.+)$",
    formName: "sqlite, sqlite:PATH or a postgresql:// URL",
    default: "sqlite",
    description:
      "`sqlite` (the file `heddle.db` in `data_dir`), `sqlite:PATH` (another file), or the URL of a PostgreSQL database: `postgresql://user:password@host:5432/name`.",
  }),
  resolve(written, { folder, dataDir, problem }): DatabaseConfig {
    if (written === "sqlite") return { kind: "sqlite", file: join(dataDir, "heddle.db") };
    if (written.startsWith("sqlite:"))
      return { kind: "sqlite", file: resolve(folder, written.slice("sqlite:".length)) };
    if (!URL.canParse(written)) problem([], "is not a URL (special characters of a password must be percent-encoded)");
    return { kind: "postgresql", url: written };
  },
});
