import { createHash } from "node:crypto";
import { Answer } from "../http/endpoint.ts";
import { html, Html, type HtmlPart } from "./html.ts";
import { style } from "./style.ts";

/** A page for people in a browser. */
export interface Page {
  /** Its heading and the window's title. */
  readonly title: string;
  readonly main: HtmlPart;
  /** BCP 47; English unless given. */
  readonly language?: string;
  /** Default: 200. */
  readonly status?: number;
  /** What went wrong, read out at once. */
  readonly problem?: string | undefined;
  /** JavaScript that the page runs; it is let through by its hash. Never made of what comes from outside: see `data`. */
  readonly script?: string;
  /** What the script finds as JSON in `document.getElementById("data").textContent`. */
  readonly data?: unknown;
  /** URLs of scripts of others, such as that of a captcha, and the origins that those use. */
  readonly foreignScripts?: readonly string[];
  readonly origins?: readonly string[];
  /** Whether its script asks this server. */
  readonly asksServer?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The answer to a browser. Nothing runs or loads there but what the page brings, nobody puts it in a frame, no cache keeps
 * it, and where its links lead to is not told what it was called by: addresses of such pages have secrets in them.
 */
export function pageAnswer(page: Page): Answer {
  return new Answer(page.status ?? 200, `<!doctype html>${documentOf(page).text}`, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policyOf(page),
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    ...page.headers,
  });
}

function documentOf({ title, main, language = "en", problem, script, data, foreignScripts = [] }: Page): Html {
  return html`<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Html(style)}</style>
${foreignScripts.map((url) => html`<script src="${url}" async defer></script>`)}
</head>
<body>
<main>
<h1>${title}</h1>
${problem !== undefined && html`<p class="problem" role="alert">${problem}</p>`}
${main}
</main>
${data !== undefined && html`<script type="application/json" id="data">${new Html(jsonInScript(data))}</script>`}
${script !== undefined && html`<script>${new Html(script)}</script>`}
</body>
</html>`;
}

/** JSON that cannot end the script element that it stands in. */
const jsonInScript = (data: unknown): string => JSON.stringify(data).replaceAll("<", "\\u003c");

function policyOf({ script, foreignScripts = [], origins = [], asksServer }: Page): string {
  const others = [...new Set([...foreignScripts.map((url) => new URL(url).origin), ...origins])];
  const from = others.length === 0 ? "" : ` ${others.join(" ")}`;
  const connections = (asksServer ? " 'self'" : "") + from;
  const scripts = script === undefined ? "" : ` '${hashOf(script)}'`;
  return [
    "default-src 'none'",
    // What a captcha brings styles itself; a hash beside it would switch that off.
    others.length === 0 ? `style-src '${styleHash}'` : "style-src 'unsafe-inline'",
    "img-src 'self' data:",
    `script-src${scripts}${from}${scripts + from === "" ? " 'none'" : ""}`,
    `frame-src${from === "" ? " 'none'" : from}`,
    `connect-src${connections === "" ? " 'none'" : connections}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

const hashOf = (text: string): string => `sha256-${createHash("sha256").update(text).digest("base64")}`;

const styleHash = hashOf(style);

/** An error page. */
export const errorPage = (status: number, title: string, explanation: string): Answer =>
  pageAnswer({ status, title, main: html`<p>${explanation}</p>` });

/** `undefined` for what is no address of the web: a link to it could run a script. */
export function webAddress(text: string): string | undefined {
  const url = URL.parse(text);
  return url && (url.protocol === "https:" || url.protocol === "http:") ? url.href : undefined;
}
