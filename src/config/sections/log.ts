import { Type } from "typebox";
import { section } from "../section.ts";

export type LogConfig = {
  readonly level: "error" | "warn" | "info" | "debug";
  readonly format: "text" | "json";
};

export const log = section({
  key: "log",
  schema: Type.Object(
    {
      level: Type.Enum(["error", "warn", "info", "debug"], {
        default: "info",
        description: "The least severity that is written.",
      }),
      format: Type.Enum(["text", "json"], {
        default: "text",
        description: "`text` for people, `json` for machines (one object a line). `--log` of the command line wins.",
      }),
    },
    { additionalProperties: false, default: {}, description: "What is written to standard error." },
  ),
  resolve: (written): LogConfig => ({ level: written.level, format: written.format }),
});
