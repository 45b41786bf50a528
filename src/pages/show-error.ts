import type { Answer } from "../http/endpoint.ts";
import { html } from "./html.ts";
import { pageAnswer } from "./page.ts";

/** What is told of an error: its status, and what it says beside. */
interface Told {
  readonly status: number;
  readonly message: string;
  readonly extra: Readonly<Record<string, unknown>>;
}

/** The `showError` of endpoints that people see in a browser: the error in their words, and in ours for who helps them. */
export function showError({ status, message, extra }: Told): Answer {
  const { title, advice } = wordsFor(status);
  return pageAnswer({
    status,
    title,
    main: html`<p>${waitOf(extra) ?? advice}</p>
<p class="hint">${message}${referenceOf(extra)}</p>`,
  });
}

const back = "Go back to your app and begin again.";

function wordsFor(status: number): { readonly title: string; readonly advice: string } {
  if (status === 413)
    return { title: "That is too much", advice: "What was sent is too large. Go back and shorten it." };
  if (status === 429) return { title: "Too many attempts", advice: "Wait a while, then try again." };
  if (status === 503)
    return { title: "Not now", advice: "The server is busy or about to restart. Try again in a minute." };
  if (status >= 500) return { title: "Something went wrong", advice: "The fault is with the server. Try again later." };
  return { title: "This does not work", advice: back };
}

function waitOf({ retry_after_ms: waitMs }: Told["extra"]): string | undefined {
  if (typeof waitMs !== "number") return undefined;
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return `Wait ${seconds === 1 ? "a second" : `${seconds} seconds`}, then load this page again.`;
}

const referenceOf = ({ request_id: requestId }: Told["extra"]): string =>
  typeof requestId === "string" ? ` (${requestId})` : "";
