import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Nothing that a load does comes near it. */
const UNLIMITED = { per_second: 1_000_000, burst_count: 1_000_000 };

/** What the configuration of a Synapse needs to know. */
export type SynapseSettings = {
  readonly folder: string;
  readonly port: number;
  readonly sharedSecret: string;
};

/** Writes the files of a Synapse on SQLite with open registration and no rate limits; answers the main one. */
export async function writeSynapseConfig({ folder, port, sharedSecret }: SynapseSettings): Promise<string> {
  const file = join(folder, "homeserver.yaml");
  await writeFile(
    join(folder, "signing.key"),
    `ed25519 a_bench ${randomBytes(32).toString("base64").replace(/=+$/, "")}\n`,
  );
  await writeFile(join(folder, "log.yaml"), JSON.stringify(LOG));
  await writeFile(file, JSON.stringify(configOf(folder, port, sharedSecret)));
  return file;
}

const LOG = {
  version: 1,
  handlers: { console: { class: "logging.StreamHandler" } },
  root: { level: "ERROR", handlers: ["console"] },
};

function configOf(folder: string, port: number, sharedSecret: string): unknown {
  return {
    server_name: "localhost",
    pid_file: join(folder, "homeserver.pid"),
    listeners: [{ port, bind_addresses: ["127.0.0.1"], type: "http", tls: false, resources: [{ names: ["client"] }] }],
    database: { name: "sqlite3", args: { database: join(folder, "homeserver.db") } },
    log_config: join(folder, "log.yaml"),
    media_store_path: join(folder, "media"),
    signing_key_path: join(folder, "signing.key"),
    report_stats: false,
    macaroon_secret_key: sharedSecret,
    form_secret: sharedSecret,
    registration_shared_secret: sharedSecret,
    enable_registration: true,
    allow_guest_access: true,
    enable_registration_without_verification: true,
    trusted_key_servers: [],
    suppress_key_server_warning: true,
    rc_message: UNLIMITED,
    rc_registration: UNLIMITED,
    rc_login: { address: UNLIMITED, account: UNLIMITED, failed_attempts: UNLIMITED },
    rc_joins: { local: UNLIMITED, remote: UNLIMITED },
    rc_joins_per_room: UNLIMITED,
    rc_invites: { per_room: UNLIMITED, per_user: UNLIMITED, per_issuer: UNLIMITED },
    rc_room_creation: UNLIMITED,
    rc_presence: { per_user: UNLIMITED },
  };
}
