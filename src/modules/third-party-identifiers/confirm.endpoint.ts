import { Type } from "typebox";
import { Answer, endpoint } from "../../http/endpoint.ts";
import { fill, type Texts, type Translations } from "../../mail/texts.ts";
import { html } from "../../pages/html.ts";
import { pageAnswer } from "../../pages/page.ts";
import type { OpenSession, Validations } from "./validations.ts";
import { showError } from "../../pages/show-error.ts";

/** The page to which the links of mails lead. */
export const confirmPath = "/_heddle/third-party-identifiers/confirm";

interface Needs {
  readonly validations: Pick<Validations, "look" | "submit">;
  readonly translations: Translations;
  readonly serviceName: string;
  /** Whether it is enough to open the link. */
  readonly confirmByOpening: boolean;
}

const given = Type.Object({ sid: Type.String(), token: Type.String() });

/**
 * The page that a mail's link opens. It asks for a press of a button, since programs that look through mails open links
 * too: to look at it changes nothing (unless the operator wants it so).
 * @see https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3registeremailrequesttoken
 */
export const getConfirm = (needs: Needs) =>
  endpoint({
    method: "GET",
    path: confirmPath,
    auth: "none",
    limit: "none",
    showError,
    params: Type.Object({}),
    query: given,

    async handle({ query: { sid, token }, headers }) {
      if (needs.confirmByOpening) return await confirm(needs, { sid, token, language: headers["accept-language"] });
      const texts = needs.translations.for(headers["accept-language"]);
      const session = await needs.validations.look(sid, token);
      return session ? questionPage(session, { texts, token, service: needs.serviceName }) : expiredPage(texts);
    },
  });

/** Confirms the address, and leads on to where the client wished. */
export const postConfirm = (needs: Needs) =>
  endpoint({
    method: "POST",
    path: confirmPath,
    auth: "none",
    limit: "none",
    showError,
    params: Type.Object({}),
    isForm: true,
    body: given,
    handle: async ({ body: { sid, token }, headers }) =>
      await confirm(needs, { sid, token, language: headers["accept-language"] }),
  });

interface Given {
  readonly sid: string;
  readonly token: string;
  readonly language: string | undefined;
}

async function confirm({ validations, translations }: Needs, { sid, token, language }: Given): Promise<Answer> {
  const texts = translations.for(language);
  const session = await validations.submit(sid, token);
  if (!session) return expiredPage(texts);
  if (session.nextLink !== "") {
    return new Answer(303, "", {
      location: session.nextLink,
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    });
  }
  return page(texts["page.confirmed.title"], texts, html`<p>${texts["page.confirmed.body"]}</p>`);
}

interface Asking {
  readonly texts: Texts;
  readonly token: string;
  readonly service: string;
}

function questionPage({ sid, purpose, address }: OpenSession, { texts, token, service }: Asking): Answer {
  const question = fill(texts[`page.confirm.${purpose}`], { address, service });
  return page(
    texts["page.confirm.title"],
    texts,
    html`<p>${question}</p>
<form method="post" action="${confirmPath}">
<input type="hidden" name="sid" value="${sid}">
<input type="hidden" name="token" value="${token}">
<button>${texts["page.confirm.button"]}</button>
</form>
<p class="hint">${texts["page.confirm.otherwise"]}</p>`,
  );
}

const expiredPage = (texts: Texts): Answer =>
  page(texts["page.expired.title"], texts, html`<p>${texts["page.expired.body"]}</p>`, 400);

const page = (title: string, texts: Texts, main: ReturnType<typeof html>, status = 200): Answer =>
  pageAnswer({ title, main, status, language: texts.language });
