import { parentPort, workerData } from "node:worker_threads";
import { compareSync } from "bcryptjs";

const { password, hash }: { readonly password: string; readonly hash: string } = workerData;
parentPort?.postMessage(compareSync(password, hash), []);
