/**
 * Loads a package that is installed where it is used alone.
 * @throws Error that says how to install it
 */
export async function optionalPackage<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new Error(`media.store: s3 needs a package that is not installed: npm install ${name}`, { cause: error });
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
