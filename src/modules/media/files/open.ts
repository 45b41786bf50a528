import type { Logger } from "pino";
import { openDiskStore } from "./disk.ts";
import type { FileStore } from "./file-store.ts";
import { openS3Store, type S3Options } from "./s3.ts";

interface Options {
  readonly directory: string;
  readonly s3: S3Options | undefined;
}

interface Needs {
  readonly logger: Logger;
  readonly background: (name: string, work: Promise<void>) => void;
}

/**
 * Opens the store of the configuration. A bucket that cannot be used is said in the log, and does not keep the server from
 * starting: everything else works without it.
 * @throws Error when a package that the store needs is not installed
 */
export async function openFiles(
  { directory, s3 }: Options,
  { logger, background }: Needs,
  stack: AsyncDisposableStack,
): Promise<FileStore> {
  if (!s3) return await openDiskStore(directory);
  const store = stack.use(await openS3Store(directory, s3));
  background("look at the bucket of media", say(store.check(), logger));
  return store;
}

async function say(check: Promise<void>, logger: Logger): Promise<void> {
  try {
    await check;
  } catch (error) {
    logger.error({ err: error }, "The bucket of media cannot be used");
  }
}
