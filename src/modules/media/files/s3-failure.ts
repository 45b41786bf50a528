import { unavailable } from "../../../http/errors.ts";

/** What is wrong with a bucket, for the operator. */
export class S3Failure extends Error {
  override readonly name = "S3Failure";
}

interface Where {
  readonly bucket: string;
  readonly endpoint: string | undefined;
}

/**
 * Does something with a bucket.
 * @throws MatrixError 503 `M_UNKNOWN` whatever fails: clients are not told more, its cause says what an operator can do
 */
export async function usingS3<T>(where: Where, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const cause = new S3Failure(reasonOf(error, where), { cause: error });
    throw unavailable("The store of media cannot be used now, try again later", { cause });
  }
}

/** The object is not there, or the bucket where no more is said. */
export const isAbsence = (error: unknown): boolean =>
  nameOf(error) === "NoSuchKey" || (nameOf(error) === "NotFound" && statusOf(error) === 404);

function reasonOf(error: unknown, { bucket, endpoint = "Amazon S3" }: Where): string {
  const name = nameOf(error);
  if (name === "NoSuchBucket" || name === "NotFound") return `The bucket ${bucket} does not exist at ${endpoint}`;
  if (name === "CredentialsProviderError") return `No access key was found for ${endpoint}`;
  if (REFUSALS.has(name) || statusOf(error) === 403) return `${endpoint} refuses the access key for bucket ${bucket}`;
  return `The bucket ${bucket} at ${endpoint} cannot be used`;
}

const REFUSALS: ReadonlySet<string> = new Set(["InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied"]);

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "");

function statusOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("$metadata" in error)) return undefined;
  const metadata = error.$metadata;
  if (typeof metadata !== "object" || metadata === null || !("httpStatusCode" in metadata)) return undefined;
  return typeof metadata.httpStatusCode === "number" ? metadata.httpStatusCode : undefined;
}
