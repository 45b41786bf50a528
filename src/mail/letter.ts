/** How a mail is made of texts: paragraphs, with a link that is a button where mail programs show HTML. */
import { readFileSync } from "node:fs";
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
  ].join("\n");
  const values: Readonly<Record<string, string>> = { title: escapeHtml(subject), content };
  const html = layout.replaceAll(/\{(title|content)\}/g, (whole, name: string) => values[name] ?? whole);
  return { subject, text: `${text}\n`, html };
}

const toParagraph = (text: string): string => `<p>${escapeHtml(text).replaceAll("\n", "<br>")}</p>`;

const toButton = ({ label, url }: { readonly label: string; readonly url: string }): string =>
  `<p><a href="${escapeHtml(url)}" style="display:inline-block;padding:12px 20px;border-radius:6px;background:#0b5a8f;color:#ffffff;text-decoration:none;font-weight:bold">${escapeHtml(label)}</a></p>`;

/** For programs that show no buttons, and for people who look before they click. */
const toBareLink = (url: string): string =>
  `<p style="word-break:break-all"><a href="${escapeHtml(url)}">${escapeHtml(url)}</a></p>`;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it stands in HTML, within attributes too. */
export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? "");
