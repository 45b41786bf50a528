import { type Static, Type } from "typebox";
import { type ResolveContext, section } from "../section.ts";

/** A document in one language. */
export type TermsTranslation = { readonly name: string; readonly url: string };

/** A document that new users accept. */
export type TermsPolicy = {
  readonly version: string;
  /** By language; at least one. */
  readonly translations: Readonly<Record<string, TermsTranslation>>;
};

export type TermsConfig = {
  /** By the identifier of the document. Empty = nothing is to be accepted. */
  readonly policies: Readonly<Record<string, TermsPolicy>>;
};

/** @see https://spec.matrix.org/v1.19/appendices/#opaque-identifiers */
const identifier = (description: string, examples: readonly string[]) =>
  Type.String({
    pattern: "^[A-Za-z0-9._~-]{1,255}$",
    formName: "an identifier of letters, digits and ._~-",
    description,
    examples,
  });

const translation = Type.Object(
  {
    language: Type.String({
      pattern: "^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$",
      formName: "a language such as en or pt-BR",
      description: "The language of this translation.",
      examples: ["en"],
    }),
    name: Type.String({ minLength: 1, maxLength: 500, description: "The title that people read." }),
    url: Type.String({ pattern: "^https?://.+$", formName: "an https:// URL", description: "Where the text stands." }),
  },
  { additionalProperties: false },
);

const policy = Type.Object(
  {
    id: identifier("The name of the document for clients.", ["terms_of_service"]),
    version: identifier("The version of its text: which one each user accepted is kept.", ["1.2"]),
    translations: Type.Array(translation, { minItems: 1, description: "The document in each of its languages." }),
  },
  { additionalProperties: false },
);

export const terms = section({
  key: "terms",
  schema: Type.Object(
    {
      policies: Type.Array(policy, {
        default: [],
        description: "The documents that people must accept to make an account; `[]`: none.",
      }),
    },
    { additionalProperties: false, default: {}, description: "Terms of service and other documents to be accepted." },
  ),
  resolve(written, context): TermsConfig {
    const policies = written.policies.map((each, index): [string, TermsPolicy] => {
      const at = ["policies", String(index)];
      if (written.policies.findIndex(({ id }) => id === each.id) < index) {
        context.problem([...at, "id"], "stands twice");
      }
      return [each.id, { version: each.version, translations: translationsOf(each, at, context) }];
    });
    return { policies: Object.fromEntries(policies) };
  },
});

function translationsOf(
  { translations }: Static<typeof policy>,
  at: readonly string[],
  { problem }: ResolveContext,
): Readonly<Record<string, TermsTranslation>> {
  return Object.fromEntries(
    translations.map(({ language, name, url }, index) => {
      const path = [...at, "translations", String(index)];
      if (!URL.canParse(url)) problem([...path, "url"], "is not a URL");
      // What clients find beside the languages is called so.
      if (language === "version") problem([...path, "language"], "is not a language");
      return [language, { name, url }];
    }),
  );
}
