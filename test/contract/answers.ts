/** Validates answers that tests really got against the response schemas of the specification. */
import { Ajv, type ValidateFunction } from "ajv";
import { findByRequest, type Found, nameOf, type Release, type Schema } from "./specification.ts";

/** An answer of a server. */
export type RecordedAnswer = {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly status: number;
  /** Parsed; `undefined` when it is not JSON. */
  readonly body: unknown;
};

/** Every error answer has this form, documented or not. @see https://spec.matrix.org/v1.19/client-server-api/#standard-error-response */
const errorSchema: Schema = {
  type: "object",
  properties: { errcode: { type: "string", pattern: "^[A-Z0-9_.]+$" }, error: { type: "string" } },
  required: ["errcode", "error"],
};

/** Keeps the compiled schemas. */
export class AnswerChecker {
  readonly #releases: readonly Release[];
  readonly #ajv = new Ajv({ strict: false, validateFormats: false, logger: false });
  readonly #compiled = new Map<Schema, ValidateFunction>();

  constructor(releases: readonly Release[]) {
    this.#releases = releases;
  }

  /**
   * What is wrong with an answer: texts that begin with the name of its operation. Several operations may share a path;
   * the answer has to fit one of them.
   */
  check(answer: RecordedAnswer): string[] {
    const found = findByRequest(this.#releases, answer.method, withNewPrefix(answer.path));
    const names = [...new Set(found.map(({ operation }) => nameOf(operation)))];
    const verdicts = names.map((name) => this.#checkAs(name, found, answer));
    return verdicts.some((verdict) => verdict === undefined) ? [] : verdicts.filter((text) => text !== undefined);
  }

  #checkAs(name: string, found: readonly Found[], answer: RecordedAnswer): string | undefined {
    const key = `${name} ${answer.status}`;
    const documented = found
      .filter(({ operation }) => nameOf(operation) === name)
      .find(({ operation }) => operation.responses[String(answer.status)] !== undefined);
    if (documented === undefined) return answer.status < 400 ? `${key}: not documented` : this.#checkError(key, answer);
    const { contentType, schema } = documented.operation.responses[String(answer.status)] ?? {};
    const isJson = contentType === undefined || contentType.some((type) => type.includes("json"));
    if (schema === undefined || !isJson) return undefined;
    return this.#validate(key, schema, documented.release, answer.body);
  }

  #checkError(key: string, { body }: RecordedAnswer): string | undefined {
    return this.#validate(key, errorSchema, undefined, body);
  }

  #validate(key: string, schema: Schema, release: Release | undefined, body: unknown): string | undefined {
    let validate = this.#compiled.get(schema);
    if (validate === undefined) {
      validate = this.#ajv.compile({ allOf: [schema], defs: release?.defs ?? {} });
      this.#compiled.set(schema, validate);
    }
    if (validate(body)) return undefined;
    const [error] = validate.errors ?? [];
    return `${key}: ${error?.instancePath || "the answer"} ${error?.message}`;
  }
}

/** Answers under an older prefix are those of the newer one. */
function withNewPrefix(path: string): string {
  return path.replace(/^\/_matrix\/client\/r0\//, "/_matrix/client/v3/");
}
