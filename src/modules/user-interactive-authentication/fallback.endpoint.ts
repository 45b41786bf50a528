import { Type } from "typebox";
import { Answer, endpoint } from "../../http/endpoint.ts";
import { MatrixError } from "../../http/errors.ts";
import { html } from "../../pages/html.ts";
import { errorPage, pageAnswer } from "../../pages/page.ts";
import type { Fields, Stage, StagePage } from "./stage.ts";
import type { Uia } from "./uia.ts";
import { showError } from "../../pages/show-error.ts";

interface Needs {
  readonly uia: Uia;
  readonly stages: readonly Stage[];
}

const path = "/_matrix/client/v3/auth/{authType}/fallback/web";
const params = Type.Object({ authType: Type.String() });

/** How a page tells the client, which opened it or shows it, that it may go on: in the words of the specification. */
const tellClient = `if (window.onAuthDone) window.onAuthDone();
else if (window.opener && window.opener.postMessage) window.opener.postMessage("authDone", "*");`;

/**
 * A stage in a browser, for clients that do not know it.
 * @see https://spec.matrix.org/v1.19/client-server-api/#fallback
 */
export const getFallback = (needs: Needs) =>
  endpoint({
    method: "GET",
    path,
    auth: "none",
    limit: "none",
    showError,
    params,
    query: Type.Object({ session: Type.String({ maxLength: 255 }) }),

    async handle({ params: { authType }, query: { session } }) {
      const found = await find(needs, authType, session);
      if (found instanceof Answer) return found;
      if ("redirect" in found.page) return new Answer(303, "", { location: found.page.redirect(session) });
      return found.isComplete ? donePage() : formPage(found.page, session, { userId: found.userId, given: {} });
    },
  });

/** In bytes: room for the response of a captcha. */
const LARGEST_FORM = 64 * 1024;

/** What the page's form sends. */
export const postFallback = (needs: Needs) =>
  endpoint({
    method: "POST",
    path,
    auth: "none",
    limit: "login",
    showError,
    isForm: true,
    bodyLimitBytes: LARGEST_FORM,
    params,
    body: Type.Object({ session: Type.String({ maxLength: 255 }) }),

    async handle({ params: { authType }, body, address, headers }) {
      const { session } = body;
      const found = await find(needs, authType, session);
      if (found instanceof Answer) return found;
      const { page, userId, operation, isComplete } = found;
      if ("redirect" in page) return new Answer(303, "", { location: page.redirect(session) });
      if (isComplete) return donePage();
      const given = textsIn(body);
      const language = headers["accept-language"];
      try {
        const next = await page.prepare?.(given, { operation, userId, address, language });
        if (next) return formPage(page, session, { userId, given: next });
        await needs.uia.completeInBrowser(session, authType, page.toAuth(given));
      } catch (error) {
        if (!(error instanceof MatrixError)) throw error;
        return formPage(page, session, { userId, given, error });
      }
      return donePage();
    },
  });

interface Found {
  readonly page: StagePage;
  readonly userId: string | undefined;
  readonly operation: string;
  readonly isComplete: boolean;
}

async function find({ uia, stages }: Needs, type: string, sessionId: string): Promise<Found | Answer> {
  const session = await uia.session(sessionId);
  if (!session) {
    return errorPage(404, "Too late", "This page is no longer valid. Go back to your app and begin again.");
  }
  const page = session.params.has(type) ? stages.find((stage) => stage.type === type)?.page : undefined;
  if (!page) return errorPage(404, "Not here", "This step cannot be done in a browser. Go back to your app.");
  const { operation, userId } = session;
  return { page, operation, userId, isComplete: session.completed.has(type) };
}

type FormPage = Exclude<StagePage, { readonly redirect: unknown }>;

interface Shown {
  readonly userId: string | undefined;
  readonly given: Fields;
  readonly error?: MatrixError;
}

function formPage(
  { title, form, scripts = [], origins = [] }: FormPage,
  session: string,
  { userId, given, error }: Shown,
): Answer {
  const { fields, button, more } = form(userId, given);
  return pageAnswer({
    title,
    status: error?.status ?? 200,
    problem: error?.message,
    foreignScripts: scripts,
    origins,
    main: html`<form method="post">
<input type="hidden" name="session" value="${session}">
${fields}
<button>${button}</button>
${more}
</form>`,
  });
}

/** Says in a browser that the stage is complete, and tells the client. */
export const donePage = (): Answer =>
  pageAnswer({
    title: "Done",
    main: html`<p>You may close this window and go back to your app.</p>`,
    script: tellClient,
  });

function textsIn(body: object): Fields {
  const entries: [string, unknown][] = Object.entries(body);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
