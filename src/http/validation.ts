import { isUtf8 } from "node:buffer";
import type { TObject, TSchema } from "typebox";
import { Compile, type Validator } from "typebox/schema";
import type { TLocalizedValidationError } from "typebox/error";
import type { AnyEndpoint } from "./endpoint.ts";
import { badJson, invalidParam, MatrixError, missingParam, notJson } from "./errors.ts";
import { parseJson } from "./json.ts";
import { type QueryReader, queryReader } from "./query.ts";

/** Where a value came from decides how its faults are told. */
type Place = "body" | "query" | "path";

/**
 * Checks what comes with a request of one endpoint. Nothing is coerced or stripped in bodies, unknown members pass.
 * Schemas are compiled when the first request needs them: a server has hundreds, and compiling takes milliseconds.
 */
export class Validation {
  readonly #endpoint: AnyEndpoint;
  #params: Check | undefined;
  #query: Check | undefined;
  #body: Check | undefined;
  #readQuery: QueryReader | undefined;
  #readForm: QueryReader | undefined;

  constructor(endpoint: AnyEndpoint) {
    this.#endpoint = endpoint;
  }

  /**
   * Path parameters, decoded by the router already. An alias may leave out a parameter at its end, which is then the
   * empty string (`…/state/{eventType}` is the state key ``).
   */
  params(given: unknown): Record<string, unknown> {
    const { params } = this.#endpoint;
    const values: Record<string, unknown> = { ...(isObject(given) ? given : undefined) };
    for (const name in params.properties) values[name] ??= "";
    this.#params ??= compile(params, "path");
    this.#params(values);
    return values;
  }

  /** @param text what stands behind the `?` of the URL */
  query(text: string): Record<string, unknown> | undefined {
    const { query } = this.#endpoint;
    if (query === undefined) return undefined;
    this.#readQuery ??= queryReader(query);
    this.#query ??= compile(query, "query");
    const values = this.#readQuery(text);
    this.#query(values);
    return values;
  }

  /** @param bytes the body as it came; an endpoint without a body schema does not look at it. */
  body(bytes: Buffer | undefined): unknown {
    const { body, isForm } = this.#endpoint;
    if (body === undefined) return undefined;
    this.#body ??= compile(body, "body");
    if (isForm) return this.#form(body, bytes, this.#body);
    if (bytes === undefined || bytes.length === 0) return this.#emptyBody(this.#body);
    const value = parseJson(bytes);
    this.#body(value);
    return value;
  }

  #form(schema: TSchema, bytes: Buffer | undefined, check: Check): unknown {
    if (bytes && !isUtf8(bytes)) throw invalidParam("The form is not UTF-8");
    this.#readForm ??= queryReader(schema);
    const values = this.#readForm(bytes?.toString("utf8") ?? "");
    check(values);
    return values;
  }

  /** No body at all is `{}` where all members are optional, since many clients send none. */
  #emptyBody(check: Check): unknown {
    const value = {};
    try {
      check(value);
    } catch (error) {
      if (error instanceof MatrixError) throw notJson("A JSON body is needed");
      throw error;
    }
    return value;
  }
}

/** @throws MatrixError when the value is against the schema */
type Check = (value: unknown) => void;

function compile(schema: TSchema | TObject, place: Place): Check {
  const validator: Validator = Compile(schema);
  return (value) => {
    if (!validator.Check(value)) throw toMatrixError(validator.Errors(value)[1], value, place);
  };
}

/**
 * One errcode for the first fault found: M_MISSING_PARAM for a member that is not there, M_BAD_JSON for a value of the
 * wrong JSON type, M_INVALID_PARAM for a value that the type allows and the rule does not. The specification's texts of
 * these errcodes overlap; this is how other servers part them. In paths and queries there are no wrong types.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#common-error-codes
 */
function toMatrixError(faults: readonly TLocalizedValidationError[], value: unknown, place: Place): MatrixError {
  const fault = faults[0];
  if (fault === undefined) return badJson("The request is malformed");
  const where = `${place}${fault.instancePath.replaceAll("/", ".")}`;
  if (fault.keyword === "required") {
    return missingParam(`${where} needs ${fault.params.requiredProperties.join(", ")}`);
  }
  const message = `${where} ${fault.message}`;
  return place === "body" && isWrongType(faults, fault.instancePath, valueAt(value, fault.instancePath))
    ? badJson(message)
    : invalidParam(message);
}

/** A union fails with a fault for each of its branches: the type is right when one of them liked the type. */
function isWrongType(faults: readonly TLocalizedValidationError[], path: string, value: unknown): boolean {
  return faults.filter((fault) => fault.instancePath === path).every((fault) => complainsOfType(fault, value));
}

function complainsOfType(fault: TLocalizedValidationError, value: unknown): boolean {
  switch (fault.keyword) {
    case "type":
    case "anyOf":
      return true;
    case "const":
      return typeof fault.params.allowedValue !== typeof value;
    case "enum":
      return fault.params.allowedValues.every((allowed) => typeof allowed !== typeof value);
    default:
      return false;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Follows a JSON pointer. */
function valueAt(root: unknown, path: string): unknown {
  let value = root;
  for (const token of path.split("/").slice(1)) {
    if (!isObject(value)) return undefined;
    const name = token.replaceAll("~1", "/").replaceAll("~0", "~");
    value = Object.entries(value).find(([key]) => key === name)?.[1];
  }
  return value;
}
