import { html } from "../../pages/html.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../protocol/json/json.ts";
import type { Stage } from "./stage.ts";

/** A document in one language. */
interface Translation {
  readonly name: string;
  readonly url: string;
}

/** The documents that users must accept, by name; each with its version and, by language, its translations. */
export type Policies = Readonly<
  Record<string, { readonly version: string; readonly translations: Readonly<Record<string, Translation>> }>
>;

/** The stage type of terms. */
export const termsStageType = "m.login.terms";

/**
 * Has new users accept the operator's documents. Its result says which versions were shown.
 * @see https://spec.matrix.org/v1.19/client-server-api/#terms-of-service-at-registration
 */
export const termsStage = (policies: Policies): Stage => ({
  type: termsStageType,
  params: () => paramsOf(policies),
  // What counts is what was shown when the session began, though the documents may have changed since.
  attempt: async ({ params }) => ({ accepted: versionsIn(params ?? paramsOf(policies)) }),
  page: {
    title: "Terms of this server",
    form: () => ({ fields: fieldsOf(policies), button: "I accept" }),
    toAuth: () => ({}),
  },
});

const paramsOf = (policies: Policies): JsonObject => ({ policies: policiesJson(policies) });

function versionsIn(params: JsonValue): JsonObject {
  const policies = isJsonObject(params) ? params["policies"] : undefined;
  const entries = isJsonObject(policies) ? Object.entries(policies) : [];
  return Object.fromEntries(
    entries.map(([name, policy]) => [name, isJsonObject(policy) ? (policy["version"] ?? "") : ""]),
  );
}

const policiesJson = (policies: Policies) =>
  Object.fromEntries(
    Object.entries(policies).map(([name, { version, translations }]) => [
      name,
      {
        version,
        ...Object.fromEntries(
          Object.entries(translations).map(([language, { name: title, url }]) => [language, { name: title, url }]),
        ),
      },
    ]),
  );

const fieldsOf = (policies: Policies) => html`<p>To use this server, read and accept:</p>
<div>${Object.entries(policies).map(([name, policy]) => checkboxOf(name, policy))}</div>`;

const checkboxOf = (name: string, { translations }: Policies[string]) => html`<div class="choice">
<input type="checkbox" id="${name}" required>
<label for="${name}">${Object.entries(translations).map(([language, { name: title, url }], index) => [
  index > 0 && " · ",
  html`<a href="${url}" hreflang="${language}" lang="${language}" target="_blank" rel="noopener">${title}</a>`,
])}</label>
</div>`;
