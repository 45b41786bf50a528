import { optionalText } from "../optional-text.ts";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Static, Type } from "typebox";
import { type Layout, plainLayout, readLayout } from "../../mail/letter.ts";
import type { MailServer } from "../../mail/mailer.ts";
import { readTexts, type TextsByLanguage } from "../../mail/texts.ts";
import { type ResolveContext, section } from "../section.ts";
import { durationSchema, parseDuration } from "../units.ts";

export type EmailConfig = {
  /** `undefined` = this server sends no mail. */
  readonly server: MailServer | undefined;
  /** What people know this server as; `undefined` = by its server name. */
  readonly serviceName: string | undefined;
  /** A language of `texts`. */
  readonly language: string;
  readonly texts: TextsByLanguage;
  readonly layout: Layout;
  /** Whether opening a link of a mail confirms the address, without a button to press. */
  readonly confirmByOpening: boolean;
};

const schema = Type.Object(
  {
    smtp_url: Type.Union(
      [Type.Null(), Type.String({ pattern: "^smtps?://.+$", formName: "an smtp:// or smtps:// URL" })],
      {
        default: null,
        description:
          "The mail server: `smtp://user:password@host:587` (TLS by STARTTLS, see `tls`) or `smtps://user:password@host:465` (TLS from the start). Special characters of a password must be percent-encoded. `null`: no mail is sent.",
        examples: ["smtp://heddle:${SMTP_PASSWORD}@mail.example.org:587"],
      },
    ),
    from: optionalText("The sender of mails.", ["Example <noreply@example.org>"]),
    tls: Type.Enum(["required", "if_offered", "off"], {
      default: "required",
      description:
        "What TLS an `smtp://` server must offer. `required`: no mail without. `if_offered`: TLS where there is some. `off`: none, for a mail server on the same host.",
    }),
    ca_file: optionalText(
      "A file of certificate authorities (PEM) that is trusted for the mail server instead of the system's.",
    ),
    timeout: durationSchema("How long sending one mail may take: people wait for it.", "15s"),
    service_name: optionalText("What mails, text messages and pages call this server; `null`: its server name."),
    language: Type.String({
      pattern: "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
      formName: "a language such as en or pt-BR",
      default: "en",
      description:
        "The language for people whose browser or client asks for none that is there: `en`, `de`, or one of `templates`.",
    }),
    templates: optionalText(
      "A folder that changes texts or adds languages: `fr.yaml` and the like, with keys and texts as in `src/mail/texts/en.ts`, and `layout.html`, the frame of HTML mails, with `{title}` and `{content}`.",
      ["./mail-templates"],
    ),
    confirm_by: Type.Enum(["button", "link"], {
      default: "button",
      description:
        "What confirms an address. `button`: a button on the page to which the link of the mail leads. `link`: that the link is opened, as programs also do that look through mails.",
    }),
  },
  {
    additionalProperties: false,
    default: {},
    description: "Sending mail, and what it says. Needs `public_base_url`, for links.",
  },
);

export const email = section({
  key: "email",
  schema,
  resolve(written, context): EmailConfig {
    const folder = written.templates === null ? undefined : resolve(context.folder, written.templates);
    const texts = readTexts(folder, (message) => context.problem(["templates"], message));
    if (!texts.has(written.language.toLowerCase())) {
      context.problem(["language"], `there are no texts in ${written.language}, only ${[...texts.keys()].join(", ")}`);
    }
    return {
      server: serverOf(written, context),
      serviceName: written.service_name ?? undefined,
      language: written.language.toLowerCase(),
      texts,
      layout: layoutOf(folder, context),
      confirmByOpening: written.confirm_by === "link",
    };
  },
});

function layoutOf(folder: string | undefined, { problem }: ResolveContext): Layout {
  const file = folder === undefined ? undefined : join(folder, "layout.html");
  if (file === undefined || !existsSync(file)) return plainLayout;
  try {
    return readLayout(file);
  } catch (error) {
    problem(["templates"], `layout.html: ${error instanceof Error ? error.message : String(error)}`);
    return plainLayout;
  }
}

function serverOf(written: Static<typeof schema>, { folder, problem }: ResolveContext): MailServer | undefined {
  const { smtp_url: smtpUrl, from } = written;
  if (smtpUrl === null) {
    if (from !== null) problem(["from"], "needs `smtp_url`, the mail server to send by");
    return undefined;
  }
  const url = URL.canParse(smtpUrl) ? new URL(smtpUrl) : undefined;
  if (!url?.hostname) problem(["smtp_url"], "is not a URL (special characters of a password must be percent-encoded)");
  if (from === null) problem(["from"], "is needed to send mail");
  if (!url || from === null) return undefined;
  const isImplicitTls = url.protocol === "smtps:";
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (isImplicitTls ? 465 : 587) : Number(url.port),
    isImplicitTls,
    tls: written.tls,
    caFile: written.ca_file === null ? undefined : resolve(folder, written.ca_file),
    login: loginOf(url, problem),
    from,
    timeoutMs: parseDuration(written.timeout),
  };
}

function loginOf({ username, password }: URL, problem: ResolveContext["problem"]): MailServer["login"] {
  if (username === "") return undefined;
  try {
    return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch {
    // What is wrong is said; the value itself is a secret.
    problem(["smtp_url"], "has a % that encodes nothing (a % itself is written %25)");
    return undefined;
  }
}
