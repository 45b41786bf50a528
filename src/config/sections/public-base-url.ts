import { Type } from "typebox";
import { section } from "../section.ts";

export const publicBaseUrl = section({
  key: "public_base_url",
  schema: Type.Union(
    [Type.Null(), Type.String({ pattern: "^https?://[^\\s]+$", maxLength: 2048, formName: "an http(s) URL" })],
    {
      default: null,
      description:
        "The URL under which clients reach this server, for `/.well-known/matrix/client` and for links in messages. Without it no well-known answer is given.",
      examples: ["https://matrix.example.org"],
    },
  ),
  resolve(written, { problem }): string | undefined {
    if (written === null) return undefined;
    if (!URL.canParse(written)) problem([], "is not a URL");
    return written.replace(/\/+$/, "");
  },
});
