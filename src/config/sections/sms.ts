import { type Static, Type } from "typebox";
import type { SmsGateway } from "../../sms/gateway.ts";
import { type ResolveContext, section } from "../section.ts";
import { durationSchema, parseDuration } from "../units.ts";

export type SmsConfig = {
  /** `undefined` = this server sends no text messages. */
  readonly gateway: SmsGateway | undefined;
};

const schema = Type.Object(
  {
    url: Type.Union([Type.Null(), Type.String({ pattern: "^https?://.+$", formName: "an http(s) URL" })], {
      default: null,
      description:
        "Where the gateway takes messages. `{number}` (digits, with the country's code and without a plus) and `{text}` may stand in the query. `null`: no text messages are sent.",
      examples: ["https://sms.example.org/v1/messages"],
    }),
    method: Type.Enum(["POST", "PUT", "GET"], { default: "POST", description: "The method of the request." }),
    headers: Type.Array(
      Type.String({
        pattern: "^[A-Za-z0-9-]+: ?[\\x20-\\x7e]*$",
        formName: "a header such as Authorization: Bearer …",
      }),
      {
        default: [],
        description: "Headers of the request, `Name: value`.",
        examples: [["Authorization: Bearer ${SMS_TOKEN}"]],
      },
    ),
    format: Type.Enum(["json", "form"], {
      default: "json",
      description: "What the body is: it says the content type, and how number and text are written into the body.",
    }),
    body: Type.String({
      default: '{"to": "+{number}", "text": "{text}"}',
      description: "The body of the request, with `{number}` and `{text}`. As a form: `to={number}&message={text}`.",
    }),
    timeout: durationSchema("How long the gateway may take: people wait for it.", "10s"),
  },
  { additionalProperties: false, default: {}, description: "A gateway for text messages. Needs `public_base_url`." },
);

export const sms = section({
  key: "sms",
  schema,
  resolve: (written, context): SmsConfig => ({ gateway: gatewayOf(written, context) }),
});

function gatewayOf(written: Static<typeof schema>, { problem }: ResolveContext): SmsGateway | undefined {
  const { url, method, format, body } = written;
  if (url === null) return undefined;
  if (!URL.canParse(url)) problem(["url"], "is not a URL");
  const carrier = method === "GET" ? url : `${url} ${body}`;
  for (const name of ["{number}", "{text}"]) {
    if (!carrier.includes(name)) problem([method === "GET" ? "url" : "body"], `has no ${name}`);
  }
  if (format === "json" && method !== "GET" && !isJson(body)) problem(["body"], "is not JSON");
  return {
    url,
    method,
    headers: Object.fromEntries(written.headers.map(toHeader)),
    format,
    body: method === "GET" ? undefined : body,
    timeoutMs: parseDuration(written.timeout),
  };
}

function toHeader(line: string): [string, string] {
  const colon = line.indexOf(":");
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // What is wrong with it the parser says in words that help nobody who writes a template.
    return false;
  }
}
