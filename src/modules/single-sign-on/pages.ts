import type { Answer } from "../../http/endpoint.ts";
import { html } from "../../pages/html.ts";
import { errorPage, pageAnswer } from "../../pages/page.ts";
import { pagesPath } from "./browser.ts";
import { readableTarget } from "./redirect-url.ts";

type Headers = Readonly<Record<string, string>>;

/** A provider as pages list it. */
export interface Choice {
  readonly name: string;
  readonly url: string;
}

/** Which of several providers to log in at. */
export const chooserPage = (serverName: string, choices: readonly Choice[]): Answer =>
  pageAnswer({
    title: `Log in to ${serverName}`,
    main: html`<p>Where do you have an account?</p>
<ul class="choices">
${choices.map(({ name, url }) => html`<li><a class="button" href="${url}">${name}</a></li>`)}
</ul>`,
  });

/** Asks whether the client may have the account. */
export const confirmPage = (
  { userId, redirectUrl, ticket }: { userId: string; redirectUrl: string; ticket: string },
  headers: Headers,
): Answer =>
  pageAnswer({
    title: "Continue to your app?",
    headers,
    main: html`<p>You are logged in as <strong>${userId}</strong>.</p>
<p><strong>${readableTarget(redirectUrl)}</strong> wants to use this account. Continue only if you began to log in there
yourself.</p>
<form method="post" action="${pagesPath}/confirm">
<input type="hidden" name="ticket" value="${ticket}">
<button>Continue</button>
</form>`,
  });

/** Asks what the new account is to be called. */
export const namePage = (
  { serverName, name, ticket, problem }: { serverName: string; name: string; ticket: string; problem?: string },
  headers: Headers,
): Answer =>
  pageAnswer({
    title: "Choose your user name",
    headers,
    problem,
    main: html`<form method="post" action="${pagesPath}/name">
<input type="hidden" name="ticket" value="${ticket}">
<div>
<label for="username">User name</label>
<input id="username" name="username" value="${name}" required maxlength="200" autocapitalize="none"
  autocomplete="username" spellcheck="false" aria-describedby="hint">
</div>
<p class="hint" id="hint">Others know you by it: @name:${serverName}. It cannot be changed later.</p>
<button>Create the account</button>
</form>`,
  });

/** Asks whether what an app wants to do is wanted, and where to log in again. */
export const authenticatePage = (
  { userId, ticket, choices }: { userId: string; ticket: string; choices: readonly { id: string; name: string }[] },
  headers: Headers,
): Answer =>
  pageAnswer({
    headers,
    title: "Confirm it is you",
    main: html`<p>An app wants to make a change to the account <strong>${userId}</strong> that needs your consent, such as
removing a device. If you did not ask for that, close this page: somebody else may be using your account.</p>
<form method="post" action="${pagesPath}/authenticate">
<input type="hidden" name="ticket" value="${ticket}">
${choices.map(({ id, name }) => html`<button name="provider" value="${id}">Log in again at ${name}</button>`)}
</form>`,
  });

export const unknownProvider = (): Answer =>
  errorPage(404, "No such provider", "This server knows no such way to log in. Go back to your app and begin again.");

export const unreachable = (name: string): Answer =>
  errorPage(502, "Login is not possible now", `${name} cannot be reached, or does not answer as it should. Try later.`);

export const tooLate = (): Answer =>
  errorPage(
    400,
    "Begin again",
    "This page was used already, is too old, or was begun in another browser. Go back to your app and begin again.",
  );

export const refusedByProvider = (name: string): Answer =>
  errorPage(403, "You are not logged in", `${name} did not let you log in. Go back to your app to try again.`);

export const notAccepted = (name: string): Answer =>
  errorPage(403, "You are not logged in", `What ${name} answered was not accepted. Go back to your app to try again.`);

export const noAccount = (): Answer =>
  errorPage(403, "You have no account here", "This server makes no accounts for people who log in this way.");

export const accountEnded = (): Answer =>
  errorPage(403, "This account is closed", "The account was deactivated or locked. Ask who runs this server.");

export const somebodyElse = (): Answer =>
  errorPage(403, "This is another account", "Log in as the person who uses the app. Nothing was changed.");

export const badTarget = (): Answer =>
  errorPage(400, "This link does not work", "The app gave no address to go back to that this server accepts.");
