/** How a mail is made of texts: paragraphs, with a link that is a button where mail programs show HTML. */
import { readFileSync } from "node:fs";
import { type Html, html } from "../pages/html.ts";
import type { Letter } from "./mailer.ts";

/** What a mail says, in the language of its reader, placeholders filled in. */
export interface LetterParts {
  readonly subject: string;
  /** Paragraphs, separated by an empty line. */
  readonly body: string;
  readonly link?: { readonly label: string; readonly url: string };
  /** Below the link. */
  readonly footer?: string;
}

/** The frame of HTML mails, with `{title}` and `{content}` to be put in. */
export type Layout = string;

/** Single column, no pictures, no style sheet of elsewhere: what every mail program shows. */
export const plainLayout: Layout = `<!doctype html>
<html>
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title></head>
<body style="margin:0;padding:24px;background:#ffffff;color:#1b1d22;font:16px/1.5 sans-serif">
<div style="max-width:36em;margin:0 auto">
{content}
</div>
</body>
</html>
`;

/** Larger layouts are refused: mail programs cut mails off at about 100 KB. */
const MAX_LAYOUT_BYTES = 65_536;

/** Reads a layout of the operator's. @throws Error in words for the operator */
export function readLayout(file: string): Layout {
  const text = readFileSync(file, "utf8");
  if (text.length > MAX_LAYOUT_BYTES) throw new Error(`is longer than ${MAX_LAYOUT_BYTES} bytes`);
  if (!text.includes("{content}")) throw new Error("has no {content}, where the text of the mail is to stand");
  return text;
}

/** The mail as text and as HTML. */
export function writeLetter({ subject, body, link, footer }: LetterParts, layout: Layout): Letter {
  const paragraphs = body.split(/\n{2,}/);
  const below = footer === undefined ? [] : footer.split(/\n{2,}/);
  const text = [...paragraphs, ...(link ? [link.url] : []), ...below].join("\n\n");
  const content = [
    ...paragraphs.map(toParagraph),
    ...(link ? [toButton(link), toBareLink(link.url)] : []),
    ...below.map(toParagraph),
  ];
  const values: Readonly<Record<string, string>> = {
    title: html`${subject}`.text,
    content: content.map((each) => each.text).join("\n"),
  };
  const whole = layout.replaceAll(/\{(title|content)\}/g, (place, name: string) => values[name] ?? place);
  return { subject, text: `${text}\n`, html: whole };
}

const toParagraph = (text: string): Html =>
  html`<p>${text.split("\n").map((line, index) => [index > 0 && html`<br>`, line])}</p>`;

const toButton = ({ label, url }: { readonly label: string; readonly url: string }): Html =>
  html`<p><a href="${url}" style="display:inline-block;padding:12px 20px;border-radius:6px;background:#0b5a8f;color:#ffffff;text-decoration:none;font-weight:bold">${label}</a></p>`;

/** For programs that show no buttons, and for people who look before they click. */
const toBareLink = (url: string): Html => html`<p style="word-break:break-all"><a href="${url}">${url}</a></p>`;
