import { MatrixError, missingParam, threepidAuthFailed, threepidInUse } from "../../http/errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../protocol/json/json.ts";
import type { Stage } from "../user-interactive-authentication/index.ts";
import type { Medium } from "./address.ts";
import type { Identifiers } from "./identifiers.ts";
import { type PageNeeds, stagePage } from "./stage-pages.ts";
import { purposeOf } from "./stage-purposes.ts";
import type { ValidatedIdentifier, Validations } from "./validations.ts";

/** The stage types by medium. */
export const stageTypes: Readonly<Record<Medium, string>> = {
  email: "m.login.email.identity",
  msisdn: "m.login.msisdn",
};

interface Needs extends PageNeeds {
  readonly validations: Pick<Validations, "validated" | "submit">;
  readonly identifiers: Pick<Identifiers, "ownerOf">;
}

/**
 * The stages in which people show that an address is theirs, by a session that was validated for the same purpose.
 * @see https://spec.matrix.org/v1.19/client-server-api/#email-based-identity--homeserver
 * @see https://spec.matrix.org/v1.19/client-server-api/#phone-numbermsisdn-based-identity--homeserver
 */
export const identifierStages = (needs: Needs): readonly Stage[] => [stage("email", needs), stage("msisdn", needs)];

const stage = (medium: Medium, needs: Needs): Stage => ({
  type: stageTypes[medium],
  page: stagePage(medium, needs),
  async attempt({ auth, operation }) {
    const purpose = purposeOf(operation);
    const { sid, clientSecret } = credentialsIn(auth);
    const { validations, identifiers } = needs;
    const validated = await validations.validated({ sid, clientSecret, purpose });
    if (validated?.medium !== medium) throw notValidated();
    if (purpose === "register" && (await identifiers.ownerOf(validated)) !== undefined) {
      throw threepidInUse("The identifier belongs to an account already");
    }
    return { ...validated };
  },
});

/** Clients before r0.5 wrote the name in another way. */
function credentialsIn(auth: JsonObject): { readonly sid: string; readonly clientSecret: string } {
  const credentials = auth["threepid_creds"] ?? auth["threepidCreds"];
  if (!isJsonObject(credentials)) throw missingParam("auth needs threepid_creds");
  const { sid, client_secret: clientSecret } = credentials;
  if (typeof sid !== "string") throw missingParam("threepid_creds needs a sid");
  if (typeof clientSecret !== "string") throw missingParam("threepid_creds needs a client_secret");
  return { sid, clientSecret };
}

/** Says the same whether the session is unknown, expired, not validated yet, or somebody else's. */
const notValidated = (): MatrixError => threepidAuthFailed(notConfirmed);

const notConfirmed = "The address is not confirmed: open the link of the mail, or give the code of the text message";

/** The same where no stage asks: there the text has 403. */
export const sessionNotUsable = (): MatrixError => new MatrixError(403, "M_THREEPID_AUTH_FAILED", notConfirmed);

/** What a stage has found out, from the results that a session keeps; in the order of the media. */
export function validatedIn(results: ReadonlyMap<string, JsonValue>): ValidatedIdentifier[] {
  return (["email", "msisdn"] as const).flatMap((medium) => {
    const result = results.get(stageTypes[medium]);
    if (!isJsonObject(result)) return [];
    const { address, validatedAt, sid } = result;
    const isWhole = typeof address === "string" && typeof validatedAt === "number" && typeof sid === "string";
    return isWhole ? [{ medium, address, validatedAt, sid }] : [];
  });
}
