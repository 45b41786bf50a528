import { Type } from "typebox";
import { pushRuleKinds } from "../../protocol/push/ruleset.ts";

/**
 * Up to v1.11 there was a scope in the path, of which `global` is left.
 * @see https://spec.matrix.org/v1.11/client-server-api/#put_matrixclientv3pushrulesscopekindruleid
 */
export const kindPath = "/_matrix/client/v3/pushrules/{scope}/{kind}";

/** Any other scope or kind is refused as M_INVALID_PARAM. */
export const kindParams = { scope: Type.Literal("global"), kind: Type.Enum([...pushRuleKinds]) };

/** The path of a rule. */
export const rulePath = `${kindPath}/{ruleId}`;

/** What stands in the path of a rule. */
export const ruleParams = Type.Object({ ...kindParams, ruleId: Type.String() });

/** Actions as the specification has them: names, and objects with parameters. */
export const actionsSchema = Type.Array(Type.Union([Type.String(), Type.Object({})]));
